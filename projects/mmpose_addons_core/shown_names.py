"""File names as text that any terminal, log and JSON file takes."""

import os


def shown(name: str | os.PathLike) -> str:
    r"""Write bytes that are not UTF-8, and control characters, of a name as escapes.

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
    r"""Write bytes that are not UTF-8 of a name as escapes, for formats that take no others.

    >>> in_utf8(os.fsdecode(b'caf\xe9.jpg'))
    'caf\\xe9.jpg'
    """
    return os.fsencode(name).decode('utf-8', 'backslashreplace')
