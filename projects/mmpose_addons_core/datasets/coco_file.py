"""Read COCO annotation and result files."""

import gc
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import Any


class CocoFileError(ValueError):
    """A file cannot be read as COCO's JSON.

    Attributes:
        reason: What is wrong, without the file's name.
    """

    def __init__(self, file: str | PathLike, reason: str) -> None:
        super().__init__(f'{file} is not a COCO file: {reason}')
        self.reason = reason


def read_json(file: str | PathLike) -> Any:
    """Read a JSON file in UTF-8, UTF-16 or UTF-32, with a byte order mark or without.

    Raises:
        CocoFileError: The file cannot be read or is not JSON.
    """
    try:
        content = Path(file).read_bytes()
        text = content.decode(json.detect_encoding(content))
        if not text.strip():
            raise ValueError('the file is empty')
        with _no_garbage_collection():
            return json.loads(text)
    except OSError as error:
        reason = f'cannot be read: {error.strerror or error}'
    except (ValueError, RecursionError) as error:
        reason = f'is not JSON: {error}'
    raise CocoFileError(file, reason)


def read_records(
    file: str | PathLike, key: str | None = None, fields: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Read the records of an annotation file, or of a file of results.

    Args:
        file: JSON.
        key: ``'images'``, ``'annotations'`` or ``'categories'``; None for a file of results.
        fields: What every record must have.

    Raises:
        CocoFileError: The file cannot be read, or records or fields are missing.
    """
    records = read_json(file)
    if key is not None:
        if not isinstance(records, dict) or key not in records:
            kind = type(records).__name__
            raise CocoFileError(file, f'expected a dictionary with {key!r}, got a {kind}')
        records = records[key]
    name = key or 'results'
    if not isinstance(records, list):
        raise CocoFileError(file, f'{name} must be a list, got a {type(records).__name__}')
    for index, record in enumerate(records):
        missing = [f for f in fields if not isinstance(record, dict) or f not in record]
        if missing:
            raise CocoFileError(
                file, f'{name}[{index}] must have {missing}, got {record!r:.60}'
            )
    return records


def encoding_of(file: str | PathLike) -> str:
    """Find a JSON file's encoding by its first bytes; 'utf-8' is without a byte order mark."""
    with open(file, 'rb') as stream:
        return json.detect_encoding(stream.read(4))


@contextmanager
def plain_json(file: str | PathLike) -> Iterator[str]:
    """Yield a path for readers of UTF-8 without a byte order mark, such as xtcocotools.

    It is the file itself, or a copy that lasts as long as the block.
    """
    encoding = encoding_of(file)
    if encoding == 'utf-8':
        yield fspath(file)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, Path(file).name)
        copy.write_text(Path(file).read_text(encoding), 'utf-8')
        yield str(copy)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause garbage collection, which doubles the time to create millions of objects."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
