"""Say how large a crop cache becomes, before it is made."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.dist import is_main_process
from mmengine.logging import print_log

from mmpose_addons_core.crop_cache.store import file_bytes
from mmpose_addons_core.datasets.image_files import UNREADABLE, loaded_size

from .cache import CropCache
from .routes import CropCacheError

LOOKED_AT = 200
"""Samples whose sizes stand for those of all."""


class CacheSize(NamedTuple):
    """How large the cache of a data set becomes."""

    text: str
    """In words; empty without a cache."""
    missing: float
    """Bytes that are not written yet."""


NO_CACHE = CacheSize('', 0.0)


def announce(cache: CropCache, info: Callable[[int], dict[str, Any]], count: int) -> CacheSize:
    """Log and return the size of the cache of a data set.

    Args:
        cache: Of the data set.
        info: Gives a sample before the pipeline.
        count: Of the samples.

    Raises:
        CropCacheError: None of the images that were looked at is a local file that can be read,
            or the disk has less room.
    """
    total, missing = _size(cache, info, count)
    folder = cache.store.folder
    text = (
        f'crop cache: {folder} holds {count} samples in about {total / 1e6:.1f} MB, '
        f'{missing / 1e6:.1f} MB of which are written when they are first used'
    )
    if is_main_process():
        print_log(text, logger='current', level=logging.INFO)
    existing = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    free = shutil.disk_usage(existing).free
    if missing > free:
        raise CropCacheError(
            f'{folder}: the crop cache needs about {missing / 1e9:.1f} GB more, got '
            f'{free / 1e9:.1f} GB that are free'
        )
    return CacheSize(text, missing)


def _size(
    cache: CropCache, info: Callable[[int], dict[str, Any]], count: int
) -> tuple[float, float]:
    """Return the bytes of all samples, and of those that are not there."""
    there, sizes, problem = 0, [], ''
    for index in range(0, count, -(-count // LOOKED_AT)):
        results = info(index)
        try:
            path = cache.store.path(cache.key(results))
            if path.is_file():
                there += 1
                sizes.append(path.stat().st_size)
            else:
                image_size = loaded_size(Path(results['img_path']))
                sizes.append(file_bytes(cache.cut(results, image_size).size))
        except UNREADABLE as error:
            problem = problem or str(error)
    if not sizes:
        raise CropCacheError(f'a crop cache needs images that are local files, got {problem}')
    total = count * sum(sizes) / len(sizes)
    return total, total * (1 - there / len(sizes))
