"""Order names as people do: by the numbers in them."""

import re
from os import PathLike, fspath


def natural_key(name: str | PathLike) -> list[list[tuple[int, str]]]:
    """Sort key that orders names and paths by the numbers in them, folder by folder.

    >>> sorted(['f10.jpg', 'f9.jpg', 'a/2', 'a/10'], key=natural_key)
    ['a/2', 'a/10', 'f9.jpg', 'f10.jpg']
    """
    return [
        [
            (int(text), '') if text.isdecimal() else (-1, text)
            for text in re.split(r'(\d+)', part)
        ]
        for part in fspath(name).replace('\\', '/').split('/')
    ]
