"""Is a checkpoint's file whole? PyTorch itself compares no checksums when it loads."""

import os
import tarfile
import zipfile
import zlib
from typing import IO, Any

from .errors import CheckpointError

ZIP_START = b'PK\x03\x04'
PICKLE_START = b'\x80'
"""Of files in PyTorch's format before 1.6, which has no checksums."""


def check_file(source: str | os.PathLike | IO[bytes], name: str) -> None:
    """Refuse a file that is missing, empty, cut off, damaged, or no checkpoint.

    Args:
        source: A path or a binary stream, whose position is restored.
        name: What messages call it.

    Raises:
        CheckpointError: Which of these it is.
    """
    if hasattr(source, 'read'):
        stream: IO[bytes] = source  # type: ignore[assignment]
        position = stream.tell()
        try:
            _check_stream(stream, name)
        finally:
            stream.seek(position)
        return
    if os.path.isdir(source):
        raise CheckpointError(f'{name} is a folder, not a checkpoint')
    try:
        with open(source, 'rb') as stream:
            _check_stream(stream, name)
    except FileNotFoundError:
        raise CheckpointError(f'{name} is missing') from None
    except OSError as error:
        raise CheckpointError(f'{name} cannot be read: {error.strerror or error}') from None


def _check_stream(stream: IO[bytes], name: str) -> None:
    start = stream.read(64)
    if not start:
        raise CheckpointError(f'{name} is empty')
    if start.startswith(ZIP_START):
        _check_zip(stream, name)
    elif start.startswith(b'version https://git-lfs'):
        raise CheckpointError(
            f'{name} is a pointer of Git LFS: fetch the file by `git lfs pull`'
        )
    elif not start.startswith(PICKLE_START) and not name.endswith('.safetensors'):
        stream.seek(0)
        kind = 'an archive of PyTorch before 0.1.10' if _is_tar(stream) else 'no checkpoint'
        raise CheckpointError(f'{name} is {kind}: it starts with {start[:16]!r}')


def _check_zip(stream: IO[bytes], name: str) -> None:
    """Compare the checksum of each record."""
    try:
        with zipfile.ZipFile(stream) as archive:
            records = archive.infolist()
            # torch.serialization.set_crc32_options(False) writes 0 for each
            if any(record.CRC for record in records):
                for record in records:
                    _read_through(archive, record)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
    ) as error:
        raise CheckpointError(
            f'{name} is cut off or damaged: {error}; copy or download it again'
        ) from None
    if any('/code/' in record.filename for record in records):
        raise CheckpointError(f'{name} is a TorchScript program, not a checkpoint')


def _read_through(archive: zipfile.ZipFile, record: zipfile.ZipInfo) -> None:
    with archive.open(record) as content:
        while content.read(1 << 20):
            pass


def _is_tar(stream: IO[bytes]) -> Any:
    try:
        return tarfile.is_tarfile(stream)
    except (OSError, ValueError):
        return False
