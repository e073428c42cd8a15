"""Picking pixels or a small window of each map, or painting one into it, and nothing else.

Shape letters: `...` any leading shape, H x W a map, h x w a window. Coordinates are
heatmap px, (x, y).
"""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..arrays import Array, namespace, values_like


def flatten_maps(maps: Array) -> Array:
    """Maps (..., H, W) as (..., H W)."""
    if isinstance(maps, Tensor):
        return maps.flatten(-2)
    height, width = maps.shape[-2:]
    return maps.reshape(*maps.shape[:-2], height * width)


def take_last(values: Array, index: Array) -> Array:
    """One entry of the last axis each, by index (...)."""
    if isinstance(values, np.ndarray):
        return values[(*_each(values.shape[:-1]), index)]
    return values.gather(-1, index[..., None]).squeeze(-1)


def rows_of(matrix: Array, index: Array) -> Array:
    """Rows (..., n) of a matrix (m, n) by their index (...)."""
    if isinstance(matrix, Tensor):
        return F.embedding(index, matrix)
    return matrix.take(index, 0)


def windows_around(heatmaps: Array, points: Array, radius: int) -> tuple[Array, Array]:
    """Windows of a radius round one pixel of each map, moved to lie inside the map.

    Args:
        heatmaps: (..., H, W), float32 or float64, NumPy or torch. Differentiable.
        points: (..., 2), int64, heatmap px, inside the map.
        radius: Heatmap px.

    Returns:
        The first pixels (..., 2) of the windows, int64, heatmap px, and the windows
        (..., h, w); h and w are 2 radius + 1, or the map's where that is smaller.

    Example:
        >>> heatmaps = torch.arange(12.0).reshape(1, 3, 4)
        >>> windows_around(heatmaps, torch.tensor([[3, 1]]), radius=1)
        (tensor([[1, 0]]), tensor([[[ 1.,  2.,  3.],
                                    [ 5.,  6.,  7.],
                                    [ 9., 10., 11.]]]))
    """
    xp = namespace(points)
    height, width = heatmaps.shape[-2:]
    size = min(2 * radius + 1, width), min(2 * radius + 1, height)
    room = values_like(points, (width - size[0], height - size[1]))
    start = xp.minimum((points - radius).clip(0), room)
    return start, cut_windows(heatmaps, start, size)


def cut_windows(heatmaps: Array, start: Array, size: tuple[int, int]) -> Array:
    """The windows (..., h, w) that begin at pixels (..., 2) and lie inside the maps.

    Args:
        heatmaps: (..., H, W). Differentiable.
        start: (..., 2), int64, heatmap px, (x, y).
        size: (w, h), heatmap px.
    """
    width, height = size
    if isinstance(heatmaps, np.ndarray):
        # A window's rows are rows of a table of every w pixels that lie side by side.
        lead, pixels = _rows_together(heatmaps)
        map_width = heatmaps.shape[-1]
        corner = lead + start[..., 1] * map_width + start[..., 0]
        rows = corner[..., None] + values_like(start, range(0, height * map_width, map_width))
        table = pixels.as_strided((max(0, len(pixels) + 1 - width), width), (1, 1))
        return F.embedding(torch.from_numpy(rows), table).numpy()
    index = _flat_index(start, size, heatmaps.shape[-1])
    return heatmaps.flatten(-2).gather(-1, index).unflatten(-1, (height, width))


def _rows_together(maps: np.ndarray) -> tuple[np.ndarray, Tensor]:
    """Where each map begins (...) in a view of all pixels, in which its rows follow."""
    height, width = maps.shape[-2:]
    item = maps.itemsize
    if (
        maps.strides[-2:] != (width * item, item)
        or min(maps.strides) < 0
        or not maps.flags.writeable
    ):
        maps = maps.copy()
    lead = tuple(stride // item for stride in maps.strides[:-2])
    count = 0
    if maps.size:
        steps = zip(maps.shape, lead, strict=False)
        count = height * width + sum((n - 1) * step for n, step in steps)
    return _begins(maps.shape[:-2], lead), torch.from_numpy(maps).as_strided((count,), (1,))


@lru_cache
def _begins(shape: tuple[int, ...], steps: tuple[int, ...]) -> np.ndarray:
    index = np.ogrid[tuple(slice(length) for length in shape)]
    begins = sum(i * step for i, step in zip(index, steps, strict=True))
    return np.asarray(begins, dtype=np.int64)


def inner_start(start: Array, side: int, size: tuple[int, int]) -> Array:
    """Starts (..., 2) of square windows moved to lie inside maps (W, H); NaN becomes 0."""
    xp = namespace(start)
    last = values_like(start, (size[0] - side, size[1] - side))
    return xp.fmin(xp.fmax(start, values_like(start, (0, 0))), last)


def paint_windows(windows: Array, start: Array, size: tuple[int, int]) -> Array:
    """Maps of zeros with a window painted into each: the inverse of a cut.

    Args:
        windows: (..., h, w), NumPy or torch. Differentiable.
        start: (..., 2), whole numbers, heatmap px, (x, y); the windows must lie inside.
        size: (W, H) of the maps, heatmap px.

    Returns:
        Maps (..., H, W), of the windows' type.
    """
    *lead, height, width = windows.shape
    shape = *lead, size[1], size[0]
    if isinstance(windows, np.ndarray):
        maps = np.zeros(shape, dtype=windows.dtype)
        start = start.astype(np.intp)
        place = *_each(tuple(lead)), start[..., 1], start[..., 0]
        shape, strides = _every_window(shape, maps.strides, width, height)
        np.ndarray(shape, maps.dtype, maps, strides=strides)[place] = windows
        return maps
    maps = torch.zeros(shape, dtype=windows.dtype, device=windows.device).flatten(-2)
    index = _flat_index(start.long(), (width, height), size[0])
    return maps.scatter(-1, index, windows.flatten(-2)).reshape(shape)


def _every_window(
    shape: tuple[int, ...], strides: tuple[int, ...], width: int, height: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Shape (..., H - h + 1, W - w + 1, h, w) and strides of a view of all windows."""
    *lead, map_height, map_width = shape
    rows, columns = map_height - height + 1, map_width - width + 1
    return (*lead, rows, columns, height, width), (*strides, *strides[-2:])


@lru_cache
def _each(lead: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Indices that go through a leading shape."""
    return tuple(np.ogrid[tuple(slice(length) for length in lead)])


def _flat_index(start: Tensor, size: tuple[int, int], map_width: int) -> Tensor:
    """Pixels (..., h w) of windows (w, h) among those of their map, row by row."""
    columns, rows = (
        start[..., axis, None] + torch.arange(length, device=start.device)
        for axis, length in enumerate(size)
    )
    return (rows[..., :, None] * map_width + columns[..., None, :]).flatten(-2)
