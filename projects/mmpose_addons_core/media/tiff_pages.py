"""Count the pages of a TIFF file, of which a cut-off file names more than it contains.

A file is a chain of directories (TIFF 6.0, section 2): a count, entries of 12 bytes and the
place of the next directory. BigTIFF has longer numbers. Pillow stops at the first broken one.
"""

import struct
from typing import IO

NEW_SUBFILE_TYPE = 254  # tag whose first bit marks a smaller copy of another page
MOST_PAGES = 1_000_000


def tiff_pages(stream: IO[bytes]) -> list[int]:
    """Return the places of all pages but smaller copies; of a broken directory as well.

    Args:
        stream: A TIFF file, at any place.
    """
    stream.seek(0)
    start = stream.read(16)
    order = '<' if start.startswith(b'II') else '>'
    big = struct.unpack_from(order + 'H', start, 2)[0] == 43
    counts, entry, place = ('Q', 20, 'Q') if big else ('H', 12, 'I')
    offset = struct.unpack_from(order + place, start.ljust(16, b'\0'), 8 if big else 4)[0]
    pages: list[int] = []
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < MOST_PAGES:
        seen.add(offset)
        stream.seek(offset)
        head = stream.read(struct.calcsize(order + counts))
        try:
            (count,) = struct.unpack(order + counts, head)
            entries = stream.read(count * entry) if count < 1 << 16 else b''
            (offset,) = struct.unpack(order + place, stream.read(struct.calcsize(place)))
        except struct.error:  # the file ends within the directory
            entries, offset = b'', 0
        if not _is_copy(entries, entry, order):
            pages.append(len(seen) - 1)
    return pages or [0]


def _is_copy(entries: bytes, size: int, order: str) -> bool:
    for start in range(0, len(entries) - size + 1, size):
        if struct.unpack_from(order + 'H', entries, start)[0] == NEW_SUBFILE_TYPE:
            value = struct.unpack_from(order + 'I', entries, start + (12 if size == 20 else 8))
            return bool(value[0] & 1)
    return False
