"""Peaks of blurred maps, without blurring more than needed.

Shape letters: `...` any leading shape, H x W a map, c x d its cells. Coordinates are
heatmap px, (x, y), origin at the centre of the first pixel.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .blur import blur_matrix, blurred_patches, columns_as_channels, gaussian_blur
from .peaks import heatmap_peaks

CELL = 4
"""Side of the squares for which an upper bound is found, heatmap px."""


def blurred_peaks(heatmaps: Tensor, kernel_size: int) -> tuple[Tensor, Tensor]:
    """What :func:`heatmap_peaks` finds in the maps blurred with reflection.

    On a CPU every cell of 4 x 4 pixels first gets an upper bound of its blurred values,
    and only the 3 x 3 cells round the most promising one are blurred. Where another
    cell could still hold a higher value, the map is blurred as a whole.

    Args:
        heatmaps: (..., H, W), float32 or float64. The values are differentiable.
        kernel_size: k, odd.

    Returns:
        Peaks (..., 2), int64, in heatmap px, and their values (...).
    """
    height, width = heatmaps.shape[-2:]
    divisible = height % CELL == width % CELL == 0 and min(height, width) > 3 * CELL
    if not divisible or not heatmaps.is_cpu or heatmaps.requires_grad:
        return heatmap_peaks(gaussian_blur(heatmaps, kernel_size))
    peaks, values, certain = _likely_peaks(heatmaps, kernel_size)
    if not certain.all():
        rest = ~certain
        peaks[rest], values[rest] = heatmap_peaks(gaussian_blur(heatmaps[rest], kernel_size))
    return peaks, values


def _likely_peaks(heatmaps: Tensor, kernel_size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Peaks, values, and where no other place can hold a higher value."""
    bounds = _cell_bounds(heatmaps, kernel_size)
    best = bounds.flatten(-2).argmax(-1)
    cell = torch.stack((best % bounds.shape[-1], best // bounds.shape[-1]), dim=-1)
    # The 3 x 3 cells and one pixel more, so that there is a pixel in the middle.
    radius = 3 * CELL // 2
    highest = torch.tensor(heatmaps.shape[:-3:-1]) - 1 - radius
    centre = (cell * CELL + CELL // 2).clamp(torch.tensor(radius), highest)
    patches = blurred_patches(heatmaps, centre, radius, kernel_size, 'reflect')
    found, values = heatmap_peaks(patches, above=-torch.inf)
    peaks = (centre - radius + found) * (values > 0)[..., None]
    far_x, far_y = (
        (torch.arange(count) - cell[..., axis, None]).abs() > 1
        for axis, count in enumerate(bounds.shape[:-3:-1])
    )
    elsewhere = far_y[..., None] | far_x[..., None, :]
    rival = torch.where(elsewhere, bounds, -torch.inf).amax((-2, -1))
    return peaks, values, rival < values


def _cell_bounds(heatmaps: Tensor, kernel_size: int) -> Tensor:
    """Upper bounds (..., H / 4, W / 4) of the blurred values in each cell.

    A blurred value less the map's minimum is a sum of products of kernel weights and
    numbers that are not negative. So is the bound, with the largest weight that a row
    of cells has for a row of cells, and that a column of cells has for a column.
    """
    down, across = (
        blur_matrix(length, kernel_size, 'reflect')
        .unflatten(0, (-1, CELL))
        .amax(1)
        .to(heatmaps)
        for length in heatmaps.shape[-2:]
    )
    down = CELL * down.unflatten(1, (-1, CELL)).amax(2)
    mass = down.sum(1)[:, None] * across.sum(1)
    lowest = heatmaps.flatten(-2).amin(-1)[..., None, None]
    rows = F.avg_pool2d(columns_as_channels(heatmaps), (1, CELL))
    rows = rows.permute(0, 2, 3, 1).reshape(*heatmaps.shape[:-2], -1, heatmaps.shape[-1])
    return down @ (rows @ across.mT) + lowest * (1 - mass)
