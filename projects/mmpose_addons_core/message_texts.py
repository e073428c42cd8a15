"""Names, values and lists as text that any terminal, log and JSON file takes, and is short."""

import os
import reprlib
from collections.abc import Iterable
from typing import Any

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict, _SHORT.maxtuple = 3, 6, 6, 6
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 40


def shown(name: str | os.PathLike) -> str:
    r"""Write bytes that are not UTF-8, and control characters, of a file's name as escapes.

    >>> shown(os.fsdecode(b'caf\xe9.jpg'))
    'caf\\xe9.jpg'
    >>> shown('two\nlines.jpg')
    'two\\nlines.jpg'
    """
    text = in_utf8(name)
    return ''.join(
        char if char.isprintable() else char.encode('unicode_escape').decode() for char in text
    )


def in_utf8(name: str | os.PathLike) -> str:
    r"""Write bytes that are not UTF-8 of a file's name as escapes.

    >>> in_utf8(os.fsdecode(b'caf\xe9.jpg'))
    'caf\\xe9.jpg'
    """
    return os.fsencode(name).decode('utf-8', 'backslashreplace')


def printable(text: str) -> str:
    """Write what a terminal cannot show of any text, as that of a JSON file, as escapes.

    >>> printable('a.jpg'), printable('b' + chr(0xdcff) + chr(10))
    ('a.jpg', 'b\\\\udcff\\\\n')
    """
    return text if text.isprintable() else repr(text)[1:-1]


def short(value: Any, length: int = 60) -> str:
    """Show a value in a message: short, on one line, and also if it is nested deeply.

    >>> short('x' * 100)
    "'xxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxx'"
    """
    return _SHORT.repr(value)[:length]


def listed(items: Iterable[object], limit: int = 3, between: str = ', ') -> str:
    """List the first items, and how many more there are.

    >>> listed([4, 8, 15, 16, 23])
    '4, 8, 15 and 2 more'
    >>> listed('abc', 1, '; ')
    'a; and 2 more'
    """
    items = list(items)
    text = between.join(map(str, items[:limit]))
    more = f'{between.replace(",", "")}and {len(items) - limit} more'
    return text + more if len(items) > limit else text
