"""Tell whether files are the same as in an earlier run."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

CHUNK = 1 << 20  # bytes that are hashed together


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file's content.

    Raises:
        OSError: It cannot be read.
    """
    digest = hashlib.sha256()
    with file.open('rb') as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def contents_digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 of names and contents of files, in whatever order they are given.

    Raises:
        OSError: One cannot be read.
    """
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(os.fsencode(file) + b'\0' + file_digest(file).encode() + b'\n')
    return digest.hexdigest()


def files_digest(files: Iterable[tuple[str, Path]]) -> str:
    """Return the SHA-256 of names, sizes and times of files, which are not read.

    Args:
        files: Name and path of each; a missing file counts as such.
    """
    digest = hashlib.sha256()
    for name, path in files:
        try:
            state = os.stat(path)
            entry = f'{name}\0{state.st_size}\0{state.st_mtime_ns}\n'
        except OSError:
            entry = f'{name}\0missing\n'
        digest.update(entry.encode('utf-8', 'surrogateescape'))
    return digest.hexdigest()
