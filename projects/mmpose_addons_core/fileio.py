"""Write files completely or not at all, and never over an input or, unasked, another file."""

import contextlib
import errno
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from .message_texts import shown

_HALF_FILE = re.compile(r'\.(\d+)\.(.+)', re.DOTALL)
_left_behind: dict[Path, dict[str, list[Path]]] = {}
"""Half files of ended processes by folder and by the name they were to get."""


@contextmanager
def atomic_write(target: str | os.PathLike) -> Iterator[Path]:
    """Give the block a temporary path; rename it to ``target`` when the block has succeeded.

    If the block raises, ``target`` stays as it was; an OSError of a write gets its name.
    Missing folders are created. Temporary files of the same target that a killed process has
    left are removed.
    """
    target = Path(target)
    unfinished = half_file(target)
    try:
        with named_errors(target):
            yield unfinished
            os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(target: str | os.PathLike, text: str) -> None:
    """Write a text file in UTF-8, completely or not at all, see :func:`atomic_write`."""
    with atomic_write(target) as unfinished:
        unfinished.write_text(text, encoding='utf-8')


def write_json(target: str | os.PathLike, content: Any, **options: Any) -> None:
    """Write a JSON file in UTF-8, completely or not at all, see :func:`atomic_write`.

    Args:
        target: The file.
        content: Whatever :func:`json.dumps` takes.
        options: Of :func:`json.dumps`, such as ``indent=1``.
    """
    write_text(target, json.dumps(content, **options))


@contextmanager
def atomic_folder(target: str | os.PathLike) -> Iterator[Path]:
    """Give the block a new folder; it gets the name ``target`` when the block has succeeded.

    It replaces an existing folder. Otherwise like :func:`atomic_write`.
    """
    target = Path(target)
    unfinished = half_file(target)
    replaced = half_file(target.with_name(target.name + '.old'))
    try:
        with named_errors(target):
            unfinished.mkdir()
            yield unfinished
            if target.exists():
                os.replace(target, replaced)
            os.replace(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


@contextmanager
def named_errors(target: Path) -> Iterator[None]:
    """Give an OSError of a write in the block, as on a full disk, the name of its file."""
    try:
        yield
    except OSError as error:
        if error.errno and error.filename is None:
            error.filename = str(target)
        raise


def half_file(target: Path) -> Path:
    """Return ``.PID.name`` beside the target; make its folder, remove files of dead processes.

    A process that keeps a half file open for long holds it by :func:`hold`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_half_files(target)
    return target.with_name(f'.{os.getpid()}.{target.name}')


def hold(descriptor: int) -> None:
    """Mark an open half file as in use, for processes that cannot see this one's number.

    Containers that share a folder have process numbers of their own.
    """
    if fcntl is not None:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_half_files(target: Path) -> None:
    """Remove half files and folders of a target whose process has ended.

    A folder is listed once a process, because it may contain millions of frames.
    """
    folder = target.parent.resolve()
    if folder not in _left_behind:
        _left_behind[folder] = _half_files(folder)
    _remove(_left_behind[folder].pop(target.name, []))


def remove_half_files(folder: Path) -> None:
    """Remove all half files and folders of ended processes in a folder."""
    for paths in _half_files(folder).values():
        _remove(paths)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        if _in_use(path):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _half_files(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    if fcntl is None:  # Windows has no way to ask for a process without ending it
        return found
    with os.scandir(folder) as entries:
        for entry in entries:
            match = _HALF_FILE.fullmatch(entry.name)
            if match and not _runs(int(match[1])):
                found.setdefault(match[2], []).append(folder / entry.name)
    return found


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _in_use(path: Path) -> bool:
    """Return whether a process that this one cannot see holds the file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


class OverwriteError(ValueError):
    """An output would replace an input, or a file that exists."""


def refuse_input(target: str | os.PathLike, inputs: Iterable[str | os.PathLike | None]) -> None:
    """Refuse to write over a file that the command reads.

    Args:
        target: What is to be written.
        inputs: What is read; None is passed over.

    Raises:
        OverwriteError: The target is one of them, also by a link or through another path.
    """
    for path in inputs:
        if path is not None and same_file(target, path):
            raise OverwriteError(
                f'{shown(target)} is read by this command and would be overwritten; '
                'choose another output'
            )


def refuse_outputs(
    outputs: Iterable[str | os.PathLike | None],
    inputs: Iterable[str | os.PathLike | None] = (),
    *,
    force: bool,
) -> None:
    """Refuse outputs that would replace something, before the work starts.

    Args:
        outputs: Files to be written; None is passed over.
        inputs: Files that are read; None is passed over.
        force: Whether the user allows to replace files that exist. Inputs are never replaced.

    Raises:
        OverwriteError: An output is an input, another output or a folder, or it exists.
        NotADirectoryError: A part of its path that must be a folder is a file.
        PermissionError: Its folder, or the one in which that is to be made, takes no file.
    """
    inputs = [*inputs]
    earlier: list[str | os.PathLike] = []
    for path in outputs:
        if path is None:
            continue
        refuse_input(path, inputs)
        if any(same_file(path, other) for other in earlier):
            raise OverwriteError(f'{shown(path)} would be written twice; choose another output')
        if os.path.isdir(path):
            raise OverwriteError(f'{shown(path)} is a folder, not a file to write')
        check_folder(Path(path).parent)
        if os.path.lexists(path) and not force:
            raise OverwriteError(f'{shown(path)} exists; --force overwrites it')
        earlier.append(path)


def check_folder(folder: Path) -> None:
    """Check that files can be made in a folder, which need not exist.

    Raises:
        NotADirectoryError: It is a file, or in one.
        PermissionError: It, or the one in which it is to be made, takes no file.
    """
    there = folder
    for parent in reversed([folder, *folder.parents]):
        if os.path.lexists(parent):
            if not os.path.isdir(parent):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(parent))
            there = parent
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(there))


def same_file(one: str | os.PathLike, other: str | os.PathLike) -> bool:
    """Return whether two paths lead to one file, which need not exist."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
