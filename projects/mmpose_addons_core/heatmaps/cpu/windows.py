"""Windows cut from maps and painted into maps, by views of their memory.

Shape letters: `...` any leading shape, H x W a map, h x w a window. Coordinates are
heatmap px, (x, y).
"""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...arrays import values_like
from ..windows import window_size


def flatten_maps(maps: np.ndarray) -> np.ndarray:
    """Reshape maps (..., H, W) to (..., H W)."""
    height, width = maps.shape[-2:]
    return maps.reshape(*maps.shape[:-2], height * width)


def take_last(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Take one entry of the last axis each, by index (...)."""
    return values[(*_leading_indices(values.shape[:-1]), index)]


def windows_around(
    heatmaps: np.ndarray, points: np.ndarray, radius: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return starts and windows, see the formula :func:`~..windows.windows_around`."""
    height, width = heatmaps.shape[-2:]
    size = window_size(radius, (width, height))
    last = values_like(points, (width - size[0], height - size[1]))
    start = np.minimum((points - radius).clip(0), last)
    return start, cut_windows(heatmaps, start, size)


def cut_windows(heatmaps: np.ndarray, start: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Cut the windows (..., h, w) that begin at pixels (..., 2), in maps (..., H, W).

    Each row of a window is a row of a table of every w neighbouring pixels. The table is a
    view of the maps' memory, and PyTorch's embedding copies its rows fastest.
    """
    width, height = size
    first, pixels = _pixels_of(heatmaps)
    map_width = heatmaps.shape[-1]
    corner = first + start[..., 1] * map_width + start[..., 0]
    rows = corner[..., None] + values_like(start, range(0, height * map_width, map_width))
    table = pixels.as_strided((max(0, len(pixels) + 1 - width), width), (1, 1))
    return F.embedding(torch.from_numpy(rows), table).numpy()


def _pixels_of(maps: np.ndarray) -> tuple[np.ndarray, Tensor]:
    """Return the index (...) of each map's first pixel in a flat view, and that view.

    Maps whose rows do not follow each other in memory are copied.
    """
    height, width = maps.shape[-2:]
    item = maps.itemsize
    if maps.strides[-2:] != (width * item, item):
        maps = maps.copy()
    steps = tuple(stride // item for stride in maps.strides[:-2])
    count = 0
    if maps.size:
        last = ((n - 1) * step for n, step in zip(maps.shape, steps, strict=False))
        count = height * width + sum(last)
    first = _first_pixels(maps.shape[:-2], steps)
    return first, torch.from_numpy(maps).as_strided((count,), (1,))


@lru_cache
def _first_pixels(shape: tuple[int, ...], steps: tuple[int, ...]) -> np.ndarray:
    index = np.ogrid[tuple(slice(length) for length in shape)]
    first = sum(i * step for i, step in zip(index, steps, strict=True))
    return np.asarray(first, dtype=np.int64)


def inner_start(start: np.ndarray, side: int, size: tuple[int, int]) -> np.ndarray:
    """Move starts (..., 2) of square windows into maps (W, H); NaN becomes 0."""
    last = values_like(start, (size[0] - side, size[1] - side))
    return np.fmin(np.fmax(start, values_like(start, (0, 0))), last)


def paint_windows(windows: np.ndarray, start: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Paint a window into each of some maps of zeros.

    Args:
        windows: (..., h, w).
        start: (..., 2), whole numbers, heatmap px, (x, y); the windows must lie inside.
        size: (W, H) of the maps, heatmap px.

    Returns:
        Maps (..., H, W), of the windows' type.
    """
    *lead, height, width = windows.shape
    maps = np.zeros((*lead, size[1], size[0]), dtype=windows.dtype)
    start = start.astype(np.intp)
    # A view of every window of every map, (..., H - h + 1, W - w + 1, h, w).
    shape = *lead, size[1] - height + 1, size[0] - width + 1, height, width
    strides = *maps.strides, *maps.strides[-2:]
    place = *_leading_indices(tuple(lead)), start[..., 1], start[..., 0]
    np.ndarray(shape, maps.dtype, maps, strides=strides)[place] = windows
    return maps


@lru_cache
def _leading_indices(shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Return indices that go through a leading shape."""
    return tuple(np.ogrid[tuple(slice(length) for length in shape)])
