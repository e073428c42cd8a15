"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(target: str | os.PathLike) -> Iterator[Path]:
    """A path beside ``target`` to write to; renamed to it when the block ends well.

    A block that raises leaves ``target`` as it was. Missing folders are made.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f'.{os.getpid()}.{target.name}')
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
