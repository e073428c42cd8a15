"""Let libraries write HDF5 files, which crash Python or keep silent on a full disk."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..fileio import atomic_write

OVERHEAD = 1 << 20
"""Bytes for what HDF5 adds to the values."""


@contextmanager
def hdf5_write(target: Path, size: int) -> Iterator[Path]:
    """Write an HDF5 file in the block as :func:`.fileio.atomic_write` does.

    Zeros are written first, and removed again, to see whether there is space.

    Args:
        target: The file.
        size: Bytes that it will take at most, without ``OVERHEAD``.

    Raises:
        OSError: There is no space, or HDF5 has failed.
    """
    with atomic_write(target) as unfinished:
        left = size + OVERHEAD
        with unfinished.open('wb', buffering=0) as stream:
            while left > 0:
                left -= stream.write(bytes(min(left, OVERHEAD)))
        unfinished.unlink()
        try:
            yield unfinished
        except RuntimeError as error:  # of h5py and PyTables
            reason = str(error).splitlines()[0]
            raise OSError(errno.EIO, f'HDF5 has failed: {reason}', str(target)) from None
