"""Long lists in what commands print."""

from collections.abc import Sequence

MOST = 10


def some_lines(lines: Sequence[str], between: str) -> str:
    """The first lines, and how many there are more.

    >>> some_lines(['a'] * 12, ', ')
    'a, a, a, a, a, a, a, a, a, a, and 2 more'
    """
    more = [f'and {len(lines) - MOST} more'] if len(lines) > MOST else []
    return between.join([*lines[:MOST], *more])
