"""Files of surroundings, one a sample.

A file is a header of 64 bytes and the pixels as they are, so that a reader maps it into memory
and touches only what a crop needs.
"""

import hashlib
import mmap
import os
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..fileio import atomic_write
from .surroundings import Surroundings

FORMAT = 1
_MAGIC = b'MPACROP' + bytes([FORMAT])
# image width, height; region; width, height and channels (0: grey without an axis)
_HEADER = struct.Struct('<8s9I20x')
SUFFIX = '.crop'


def key_of(settings: str, file: str | os.PathLike, *values: np.ndarray) -> str:
    """Name of a sample: another file, time, size, box or setting gives another name.

    Args:
        settings: Everything that decides what is kept.
        file: The image.
        values: Of the sample, such as its box.

    Raises:
        OSError: There is no such file.
    """
    about = os.stat(file)
    where = os.path.abspath(os.fsdecode(file))
    text = f'{FORMAT}\n{settings}\n{where}\n{about.st_size}\n{about.st_mtime_ns}\n'
    digest = hashlib.blake2b(text.encode(errors='surrogatepass'), digest_size=20)
    for array in values:
        digest.update(f'{array.dtype.str}{array.shape}'.encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


class CropStore:
    """A folder of surroundings. Any file of it may be deleted at any time.

    Args:
        folder: Created with the first file.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self.folder = Path(folder)

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / (key + SUFFIX)

    def read(self, key: str) -> Surroundings | None:
        """Return a sample's surroundings; None if they are not there or not whole.

        The pixels are read-only and lie in the system's file cache.
        """
        try:
            with open(self.path(key), 'rb') as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):  # an empty file cannot be mapped
            return None
        if len(content) < _HEADER.size:
            return None
        magic, *numbers = _HEADER.unpack_from(content)
        image_size, region, shape = numbers[:2], numbers[2:6], numbers[6:]
        width, height, channels = shape
        if magic != _MAGIC or len(content) != file_bytes((width, height), channels):
            return None
        pixels = np.frombuffer(content, np.uint8, offset=_HEADER.size)
        pixels = pixels.reshape((height, width, channels) if channels else (height, width))
        return Surroundings(pixels, tuple(image_size), tuple(region))

    def write(self, key: str, kept: Surroundings) -> None:
        """Write a sample's surroundings, uint8, whole or not at all.

        Raises:
            OSError: The folder cannot be written or the disk is full.
        """
        height, width = kept.pixels.shape[:2]
        channels = kept.pixels.shape[2] if kept.pixels.ndim == 3 else 0
        header = _HEADER.pack(_MAGIC, *kept.image_size, *kept.region, width, height, channels)
        with atomic_write(self.path(key)) as unfinished, unfinished.open('wb') as file:
            file.write(header)
            file.write(np.ascontiguousarray(kept.pixels).data)

    def missing(self, keys: Iterable[str]) -> int:
        """Count the samples that are not there."""
        return sum(not self.path(key).is_file() for key in keys)


def file_bytes(size: tuple[int, int], channels: int = 3) -> int:
    """Return the bytes of the file of surroundings of (w, h) crop px."""
    return _HEADER.size + size[0] * size[1] * max(1, channels)
