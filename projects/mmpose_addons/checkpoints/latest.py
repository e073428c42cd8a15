"""The checkpoint to resume from after a kill: the newest that is whole."""

import logging
import os
import re
from collections.abc import Callable
from pathlib import Path

from mmengine.logging import print_log
from mmengine.runner import runner

from .errors import CheckpointError
from .file_checks import check_file

NAME = re.compile(r'(epoch|iter)_\d+\.pth')


def install() -> None:
    """Let ``--resume`` without a file take :func:`latest_whole`; a second call does nothing."""
    find = runner.find_latest_checkpoint
    if not hasattr(find, 'found_by'):
        runner.find_latest_checkpoint = _checking(find)


def _checking(find: Callable[[str], str | None]) -> Callable[[str], str | None]:
    def find_latest_checkpoint(path: str) -> str | None:
        return latest_whole(path, find(path))

    find_latest_checkpoint.found_by = find  # type: ignore[attr-defined]
    return find_latest_checkpoint


def latest_whole(work_dir: str, named: str | None) -> str | None:
    """Return the named checkpoint if it is whole, otherwise the newest whole one beside it.

    A training that is killed while it saves can leave a cut checkpoint (of MMEngine's own
    hook), or an empty ``last_checkpoint``.

    Args:
        work_dir: Where ``last_checkpoint`` lies.
        named: What it holds; None if it is missing. Addresses and folders are taken as they
            are.

    Returns:
        A path; None if there is no checkpoint at all.

    Raises:
        CheckpointError: There are checkpoints, and none is whole.
    """
    if named and ('://' in named or os.path.isdir(named)):
        return named
    wrong = _problem(named) if named else 'last_checkpoint names no file'
    if wrong is None:
        return named
    folders = {Path(work_dir).resolve()} | ({Path(named).parent.resolve()} if named else set())
    files = [
        file for folder in folders for file in folder.glob('*.pth') if NAME.fullmatch(file.name)
    ]
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        if _problem(str(file)) is None:
            print_log(f'{wrong}; resumes from {file}', logger='current', level=logging.WARNING)
            return str(file)
    if not named and not files:
        return None
    raise CheckpointError(f'{wrong}; no other checkpoint there is whole')


def _problem(file: str) -> str | None:
    try:
        check_file(file, file)
    except CheckpointError as error:
        return str(error)
    return None
