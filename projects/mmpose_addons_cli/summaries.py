"""Long lists in what commands print."""

from collections.abc import Sequence

MOST = 10


def some_lines(lines: Sequence[str], between: str) -> str:
    """Return the first lines, and how many more there are.

    >>> some_lines(['a'] * 12, ', ')
    'a, a, a, a, a, a, a, a, a, a, and 2 more'
    """
    more = [f'and {len(lines) - MOST} more'] if len(lines) > MOST else []
    return between.join([*lines[:MOST], *more])
