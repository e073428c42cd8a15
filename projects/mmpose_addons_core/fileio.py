"""Write files completely or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(target: str | os.PathLike) -> Iterator[Path]:
    """Give the block a temporary path; rename it to ``target`` when the block has succeeded.

    If the block raises, ``target`` stays as it was; an OSError of a write gets its name.
    Missing folders are created.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f'.{os.getpid()}.{target.name}')
    try:
        yield unfinished
        os.replace(unfinished, target)
    except OSError as error:
        if error.errno and error.filename is None:  # of a write, as on a full disk
            error.filename = str(target)
        raise
    finally:
        unfinished.unlink(missing_ok=True)
