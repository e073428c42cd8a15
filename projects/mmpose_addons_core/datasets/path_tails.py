"""Find the file name of a data set at the end of a path."""

from collections import defaultdict
from collections.abc import Iterable


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


def _parts(path: str) -> list[str]:
    return [part for part in path.replace('\\', '/').split('/') if part not in ('', '.')] or [
        ''
    ]
