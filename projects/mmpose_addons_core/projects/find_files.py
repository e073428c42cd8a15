"""Images and videos of a project, also when it was moved."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from .labels import LONGEST, ProjectError

WRITTEN = 'annotations', 'dataset_info.py', 'report.json'
"""What each folder that ``import`` writes has."""


def composed(name: str) -> str:
    """Return a name with composed letters; macOS writes names with decomposed ones.

    >>> len('e\u0301.jpg'), len(composed('e\u0301.jpg'))
    (6, 5)
    """
    return unicodedata.normalize('NFC', name)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of the folders in it, in the order of their paths.

    Hidden files and folders are left out, such as the ``._name.jpg`` of macOS, and data sets
    that :func:`.write.write_dataset` has written there.
    """
    try:
        paths = sorted(folder.iterdir())
    except PermissionError:  # of another user's folder, which may have nothing to do with it
        return
    for path in paths:
        if path.name.startswith('.'):
            continue
        if not path.is_dir():
            yield path
        elif not path.is_symlink() and not all((path / name).exists() for name in WRITTEN):
            yield from files_below(path)


class FileFinder:
    """Finds a file that a project names by the path of another machine.

    A file is looked for at its path below the root with as many of its folders as lead to a
    file (so that the nearest match wins), then by the end of its path in the whole project,
    also in other capitals or with letters that are composed otherwise, if only one file there
    has it. One file is never given for two different paths.

    Args:
        root: Folder of the project.
        replacements: Path on this machine by the name that the project uses.
    """

    def __init__(self, root: Path, replacements: dict[str, Path] | None = None) -> None:
        self.root = root
        self.replacements = {composed(k): path for k, path in (replacements or {}).items()}
        self._by_name: dict[str, list[Path]] | None = None
        self._paths: dict[Path, tuple[str, ...]] = {}

    def find(self, parts: Sequence[str], least: int = 1) -> Path | None:
        """Return the file, or None.

        Args:
            parts: Folders and name, as the project has them.
            least: At least this many of them, from the end, must be those of the file. Images
                of two videos often have the same name, so theirs needs the folder too.

        Raises:
            ProjectError: If the file was found for another path before.
        """
        file = self._found(tuple(parts), min(least, len(parts)))
        if file is not None:
            other = self._paths.setdefault(file, tuple(parts))
            if other != tuple(parts):
                raise ProjectError(
                    f'{file}: the only match for two paths of the project, got '
                    f'{"/".join(other)[:LONGEST]} and {"/".join(parts)[:LONGEST]}'
                )
        return file

    def _found(self, parts: tuple[str, ...], least: int) -> Path | None:
        replaced = self.replacements.get(composed(parts[-1]))
        if replaced is not None:
            return replaced
        for begin in range(len(parts) - least + 1):
            candidate = self.root.joinpath(*parts[begin:])
            if '..' not in parts[begin:] and os.path.isfile(candidate):
                return candidate
        end = parts[len(parts) - least :]
        named = self._files().get(_alike(parts[-1]), [])
        matches = [file for file in named if file.parts[-least:] == end]
        if not matches:  # Windows does not tell capitals from small letters
            alike = [*map(_alike, end)]
            matches = [file for file in named if [*map(_alike, file.parts[-least:])] == alike]
        return matches[0] if len(matches) == 1 else None

    def _files(self) -> dict[str, list[Path]]:
        if self._by_name is None:
            self._by_name = {}
            for file in files_below(self.root):
                if file.is_file():
                    self._by_name.setdefault(_alike(file.name), []).append(file)
        return self._by_name


def _alike(name: str) -> str:
    """Return what names share that Windows or macOS do not tell apart."""
    return composed(name).casefold()
