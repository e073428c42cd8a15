"""A user's mistake and a file that cannot be written end a command with one line."""

import errno
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path

from mmpose_addons_core.message_texts import shown

Main = Callable[[Sequence[str] | None], int]

NO_SPACE = errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO
"""Errors of a disk, not of the arguments: the exit status is 1 instead of 2."""
EXIT_SKIPPED = 3
"""Exit status of a command that has left out something of its input."""
OURS = 'mmpose_addons'
HALF_FILE = re.compile(r'(^|/)\.\d+\.(?=[^/])')
"""Prefix by ``atomic_write`` of the name of a file or folder that is not complete."""


class CommandError(ValueError):
    """Options or files with which a command cannot do its work."""


def in_one_line(command: str) -> Callable[[Main], Main]:
    """Decorate a command's ``main``: errors of these kinds end it with one line on stderr.

    These are the operating system's errors, such as a full disk or a folder without permission
    to write, and this package's own errors, which are made for users. Others are mistakes of
    the program and keep their traceback. Ctrl-C ends it with one line, too.
    """

    def decorated(main: Main) -> Main:
        @wraps(main)
        def guarded(argv: Sequence[str] | None = None) -> int:
            # names in files and data may hold what the terminal cannot show
            if isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(errors='backslashreplace')
            try:
                return main(argv)
            except BrokenPipeError:  # as in `mmpose-addons edit-checkpoint a.pth | head`
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 1
            except OSError as error:
                print(f'{command}: {said(error)}', file=sys.stderr)
                return 1 if error.errno in NO_SPACE else 2
            except KeyboardInterrupt:
                return interrupted(command)
            except ValueError as error:
                # an error of a worker of Ray is of a new class that inherits from ours
                kinds = type(error).__mro__
                if not any(kind.__module__.startswith(OURS) for kind in kinds):
                    raise
                print(f'{command}: {error}', file=sys.stderr)
                return 2

        return guarded

    return decorated


def interrupted(command: str) -> int:
    """Say that Ctrl-C has ended a command; return its exit status, as a shell has it."""
    print(f'{command}: stopped by Ctrl-C', file=sys.stderr)
    return 128 + signal.SIGINT


def said(error: OSError) -> str:
    """Return file and reason of an operating system's error; a half file by its final name.

    Example:
        >>> said(OSError(28, 'No space left on device', 'poses/.123.sheet.png'))
        'poses/sheet.png: No space left on device'
    """
    if error.strerror is None:
        return str(error)
    if error.filename is None:
        return error.strerror
    # of two names, as of a copy, the second is the one that is written
    path = HALF_FILE.sub(r'\1', os.fsdecode(error.filename2 or error.filename))
    if os.path.islink(path) and not os.path.exists(path):
        return f'{shown(path)}: is a link to {shown(os.readlink(path))}, which is missing'
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f'{shown(_first_file(error.filename))}: is a file, a folder is needed'
    return f'{shown(path)}: {error.strerror}'


def _first_file(path: str | bytes) -> str:
    """Return the part of a path that is a file; the whole path where none is."""
    parts = [Path(os.fsdecode(path)), *Path(os.fsdecode(path)).parents]
    return str(next((part for part in reversed(parts) if part.is_file()), parts[0]))
