"""Find the file name of a data set at the end of a path, and files of a moved data set."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path


class PathTails:
    """File names, relative to a folder that is not known, to be found at the ends of paths.

    Both slashes and backslashes separate folders.

    Example:
        >>> tails = PathTails(['cam1/0.png', 'cam2/0.png', '0.png'])
        >>> tails.longest('/data/cam2/0.png'), tails.longest('x/0.png'), tails.longest('1.png')
        ('cam2/0.png', '0.png', None)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_last: defaultdict[str, list[tuple[list[str], str]]] = defaultdict(list)
        for name in names:
            parts = _parts(name)
            self._by_last[parts[-1]].append((parts, name))

    def longest(self, path: str) -> str | None:
        """Return the name with the most folders that ends ``path``; None if no name does."""
        parts = _parts(path)
        fitting = [
            (len(tail), name)
            for tail, name in self._by_last.get(parts[-1], [])
            if parts[-len(tail) :] == tail
        ]
        return max(fitting)[1] if fitting else None


def moved_files(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return where files of a data set lie if a folder of it is now ``folder``.

    The first folders of the names are left out, of all names as many: the fewest with which a
    file is there. If there is none with any, the names are taken as they are.
    """
    parts = [_parts(name) for name in names]
    for skipped in range(max(map(len, parts), default=0)):
        files = [folder.joinpath(*one[min(skipped, len(one) - 1) :]) for one in parts]
        if any(file.is_file() for file in files):
            return files
    return [folder.joinpath(*one) for one in parts]


def _parts(path: str) -> list[str]:
    return [part for part in path.replace('\\', '/').split('/') if part not in ('', '.')] or [
        ''
    ]
