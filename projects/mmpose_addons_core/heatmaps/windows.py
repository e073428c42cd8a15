"""Small windows of each map.

Shape letters: `...` any leading shape, H x W a map, h x w a window. Coordinates are
heatmap px, (x, y).
"""

import torch
from torch import Tensor

from ..arrays import values_like


def take_last(values: Tensor, index: Tensor) -> Tensor:
    """Take one entry of the last axis each, by index (...)."""
    return values.gather(-1, index[..., None]).squeeze(-1)


def window_size(radius: int, map_size: tuple[int, int]) -> tuple[int, int]:
    """Return the size (w, h) of windows of a radius in maps (W, H), all in heatmap px.

    Example:
        >>> window_size(2, (8, 4))
        (5, 4)
    """
    width, height = map_size
    return min(2 * radius + 1, width), min(2 * radius + 1, height)


def windows_around(heatmaps: Tensor, points: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Cut windows of a radius around one pixel of each map, moved to lie inside the map.

    Args:
        heatmaps: (..., H, W), float32 or float64. Differentiable.
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
    height, width = heatmaps.shape[-2:]
    size = window_size(radius, (width, height))
    last = values_like(points, (width - size[0], height - size[1]))
    start = torch.minimum((points - radius).clip(0), last)
    return start, cut_windows(heatmaps, start, size)


def cut_windows(heatmaps: Tensor, start: Tensor, size: tuple[int, int]) -> Tensor:
    """Cut the windows (..., h, w) that begin at pixels (..., 2) and lie inside the maps.

    Args:
        heatmaps: (..., H, W). Differentiable.
        start: (..., 2), int64, heatmap px, (x, y).
        size: (w, h), heatmap px.
    """
    width, height = size
    columns, rows = (
        start[..., axis, None] + torch.arange(length, device=start.device)
        for axis, length in enumerate(size)
    )
    index = (rows[..., :, None] * heatmaps.shape[-1] + columns[..., None, :]).flatten(-2)
    return heatmaps.flatten(-2).gather(-1, index).unflatten(-1, (height, width))
