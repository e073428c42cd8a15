"""One process at a time writes into a folder."""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .fileio import named_errors

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_FILE = '.mmpose_addons.lock'
"""Name of the file in the folder that the lock is held on."""

_held: set[Path] = set()
"""Folders that this process holds: the system's locks exclude other processes only."""


class FolderInUseError(OSError):
    """Another run writes into the folder."""


@contextmanager
def lock_folder(path: str | os.PathLike) -> Iterator[Path]:
    """Keep other runs out of a folder during the block.

    The folder is created if it is missing. The lock ends with the block or with the process,
    whatever ends it: the file that a killed process leaves behind keeps nobody out. Locks of
    other machines count where the file system passes them on, as NFS does. Windows has no
    such locks, so the block runs without one there.

    Raises:
        FolderInUseError: Another run holds the folder. The message names its process,
            machine, start and command.
        OSError: The folder cannot be created or written.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    if fcntl is None:
        yield folder
        return
    if folder in _held:
        raise FolderInUseError(
            f'{folder} is in use by this process (process {os.getpid()}); choose another folder'
        )
    # A record lock (lockf) is not inherited by forked data loader workers, unlike flock.
    stream = _locked_file(folder)
    _held.add(folder)
    try:
        with named_errors(folder / LOCK_FILE):
            stream.write(json.dumps(_this_run()).encode())
        yield folder
    finally:
        _held.discard(folder)
        (folder / LOCK_FILE).unlink(missing_ok=True)  # before the lock ends
        stream.close()


def _locked_file(folder: Path) -> IO[bytes]:
    """Open the empty lock file and lock it."""
    file = folder / LOCK_FILE
    while True:
        stream = file.open('a+b', buffering=0)  # close() does not write
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = os.path.samestat(os.fstat(stream.fileno()), file.stat())
        except FileNotFoundError:  # its owner has just ended and removed it
            same = False
        except (BlockingIOError, PermissionError):
            stream.seek(0)
            other = _described(stream.read().decode(errors='replace'))
            stream.close()
            raise FolderInUseError(
                f'{folder} is in use by {other}; wait until it ends or choose another folder'
            ) from None
        except OSError:
            stream.close()
            raise
        if same:
            stream.truncate(0)
            return stream
        stream.close()


def _this_run() -> dict[str, Any]:
    return dict(
        process=os.getpid(),
        machine=socket.gethostname(),
        since=time.strftime('%Y-%m-%d %H:%M:%S'),
        command=' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
    )


def _described(content: str) -> str:
    try:
        return 'process {process} on {machine} since {since} ({command})'.format(
            **json.loads(content)
        )
    except (ValueError, KeyError, TypeError):
        return 'another process'  # that has not written its name yet
