"""Cutting one small window out of each map, without touching the rest of it.

Shape letters: `...` any leading shape, H x W a map, h x w a window. Coordinates are
heatmap px, (x, y).
"""

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided
from torch import Tensor


def windows_round(heatmaps: Tensor, points: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Windows of a radius round one pixel of each map, moved to lie inside the map.

    Args:
        heatmaps: (..., H, W), float32 or float64. Differentiable.
        points: (..., 2), int64, heatmap px, inside the map.
        radius: Heatmap px.

    Returns:
        The first pixels (..., 2) of the windows, int64, heatmap px, and the windows
        (..., h, w); h and w are 2 radius + 1, or the map's where that is smaller.

    Example:
        >>> heatmaps = torch.arange(12.0).reshape(1, 3, 4)
        >>> windows_round(heatmaps, torch.tensor([[3, 1]]), radius=1)
        (tensor([[1, 0]]), tensor([[[ 1.,  2.,  3.],
                                    [ 5.,  6.,  7.],
                                    [ 9., 10., 11.]]]))
    """
    height, width = heatmaps.shape[-2:]
    size = min(2 * radius + 1, width), min(2 * radius + 1, height)
    room = torch.tensor([width - size[0], height - size[1]], device=points.device)
    start = (points - radius).clamp(min=torch.zeros_like(room), max=room)
    return start, cut_windows(heatmaps, start, size)


def cut_windows(heatmaps: Tensor, start: Tensor, size: tuple[int, int]) -> Tensor:
    """The windows (..., h, w) that begin at pixels (..., 2) and lie inside the maps.

    Args:
        heatmaps: (..., H, W). Differentiable.
        start: (..., 2), int64, heatmap px, (x, y).
        size: (w, h), heatmap px.
    """
    width, height = size
    x, y = start.unbind(-1)
    if heatmaps.is_cpu and not heatmaps.requires_grad:  # many times as fast as a gather
        maps = heatmaps.numpy()
        *lead, map_height, map_width = maps.shape
        every_window = as_strided(
            maps,
            (*lead, map_height - height + 1, map_width - width + 1, height, width),
            (*maps.strides, *maps.strides[-2:]),
            writeable=False,
        )
        each_map = np.ogrid[tuple(slice(length) for length in lead)]
        windows = every_window[(*each_map, y.numpy(), x.numpy())]
        return torch.from_numpy(np.require(windows, requirements=['C', 'W']))
    rows = y[..., None] + torch.arange(height, device=y.device)
    columns = x[..., None] + torch.arange(width, device=x.device)
    index = rows[..., :, None] * heatmaps.shape[-1] + columns[..., None, :]
    found = heatmaps.flatten(-2).gather(-1, index.flatten(-2))
    return found.unflatten(-1, (height, width))
