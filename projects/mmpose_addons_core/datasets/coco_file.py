"""Read COCO annotation and result files."""

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
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
    """Read the content of a JSON file.

    Raises:
        CocoFileError: The file cannot be read or is not JSON.
    """
    try:
        with open(file, encoding='utf-8') as stream:
            text = stream.read()
        if not text.strip():
            raise ValueError('the file is empty')
        if text.startswith('\ufeff'):
            raise ValueError('it starts with a byte order mark; save it as UTF-8 without one')
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
