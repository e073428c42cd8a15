"""Peaks of blurred maps, without blurring more than needed.

Shape letters: `...` any leading shape, H x W a map, S strips of its rows. Coordinates are
heatmap px, (x, y), origin at the centre of the first pixel.
"""

import torch
from torch import Tensor

from .arrays import quick_on_cpu
from .blur import blur_across, blur_down, gaussian_blur
from .peaks import heatmap_peaks

STRIP = 8
"""Rows that are blurred along x together or not at all, heatmap px."""
STRIPS = 2
"""How many strips of each map are blurred along x at first."""


def blurred_peaks(heatmaps: Tensor, kernel_size: int) -> tuple[Tensor, Tensor]:
    """What :func:`heatmap_peaks` finds in the maps blurred with reflection.

    On a CPU the maps are blurred along y; a strip's maximum is then a bound of what the
    blur along x, a mean, can give in it. Only the two strips with the highest bounds are
    blurred along x, and only where a third could hold a higher value the whole map is.

    Args:
        heatmaps: (..., H, W), float32 or float64. The values are differentiable.
        kernel_size: k, odd.

    Returns:
        Peaks (..., 2), int64, in heatmap px, and their values (...).
    """
    height = heatmaps.shape[-2]
    strips = height // STRIP
    if (
        height % STRIP
        or strips <= STRIPS
        or not quick_on_cpu(heatmaps)
        or heatmaps.requires_grad
    ):
        return heatmap_peaks(gaussian_blur(heatmaps, kernel_size))
    down = blur_down(heatmaps, kernel_size, 'reflect')
    peaks, values, certain = _peaks_in_strips(down, kernel_size)
    if not certain.all():
        rest = ~certain
        peaks[rest], values[rest] = heatmap_peaks(
            blur_across(down[rest], kernel_size, 'reflect')
        )
    return peaks, values


def _peaks_in_strips(down: Tensor, kernel_size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Peaks and values in the best strips, and where no other strip can have more."""
    strips = down.unflatten(-2, (-1, STRIP)).flatten(-2)  # (..., S, STRIP x W)
    bounds, order = strips.amax(-1).topk(STRIPS + 1)
    chosen = order[..., :STRIPS].sort().values  # of equal maxima the first row counts
    count, row_length = strips.shape[-2], down.shape[-1]
    first = torch.arange(0, chosen[..., 0].numel() * count, count).view_as(chosen[..., :1])
    rows = strips.flatten(0, -2).index_select(0, (first + chosen).flatten())
    rows = rows.view(*chosen.shape[:-1], STRIPS * STRIP, row_length)
    peaks, values = heatmap_peaks(blur_across(rows, kernel_size, 'reflect'))
    x, y = peaks.unbind(-1)
    strip = chosen.gather(-1, y[..., None] // STRIP).squeeze(-1)
    row = (strip * STRIP + y % STRIP) * (values > 0)
    return torch.stack((x, row), dim=-1), values, bounds[..., STRIPS] < values
