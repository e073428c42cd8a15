"""Peaks of heatmaps and the values around them.

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y),
origin at the centre of the first pixel.
"""

import torch
from torch import Tensor

from ..arrays import compute_float
from ..formula import formula
from .blur import gaussian_blur
from .windows import take_last


@formula
def heatmap_peaks(heatmaps: Tensor, above: float = 0.0) -> tuple[Tensor, Tensor]:
    """Return position and value of each map's maximum.

    Of several equal maxima the first in reading order counts. A map without a positive
    value has its peak at (0, 0), as in Simple Baselines' code (arXiv 1804.06208); a map
    with a NaN has the value NaN.

    Args:
        heatmaps: (..., H, W). The values are differentiable.
        above: What a maximum has to exceed; -inf where maps are logits.

    Returns:
        Peaks (..., 2), int64, in heatmap px, and their values (...).

    Example:
        >>> heatmap_peaks(torch.tensor([[0.0, 0.2, 0.1], [0.0, 0.9, 0.3]]))
        (tensor([1, 1]), tensor(0.9000))
    """
    pixels = compute_float(heatmaps).flatten(-2)
    index = pixels.argmax(-1)
    value = take_last(pixels, index)
    index = index * (value > above)
    y = index // heatmaps.shape[-1]
    return torch.stack((index - y * heatmaps.shape[-1], y), -1), value


@formula
def blurred_peaks(heatmaps: Tensor, kernel_size: int) -> tuple[Tensor, Tensor]:
    """Return position and value of the maximum of each map after a blur with reflection.

    Args:
        heatmaps: (..., H, W). The values are differentiable.
        kernel_size: k, odd.

    Returns:
        As :func:`heatmap_peaks`.
    """
    return heatmap_peaks(gaussian_blur(heatmaps, kernel_size))


def values_at(heatmaps: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Map values (...) at one pixel each.

    Args:
        heatmaps: (..., H, W).
        x, y: (...), int64, heatmap px; outside, the nearest pixel inside counts.
    """
    height, width = heatmaps.shape[-2:]
    index = y.clip(0, height - 1) * width + x.clip(0, width - 1)
    return take_last(heatmaps.flatten(-2), index)


def nearest_pixel(points: Tensor) -> Tensor:
    """Return the pixel that holds each point (halves go up), int64; NaN gives a valid number.

    Example:
        >>> nearest_pixel(torch.tensor([[1.5, 2.49]]))
        tensor([[2, 2]])
    """
    return (points + 0.5).floor().nan_to_num().to(torch.int64)


@formula
def quarter_shift(heatmaps: Tensor, points: Tensor) -> Tensor:
    """Move points by 0.25 px towards the higher neighbour, in x and in y.

    Simple Baselines' rule: a point whose pixel is not at least 2 px from the left and
    top and 1 px from the right and bottom border stays as it is.

    Args:
        heatmaps: (..., H, W).
        points: (..., 2), heatmap px, of any number type.

    Returns:
        Points (..., 2), float, heatmap px.

    Example:
        >>> heatmap = torch.zeros(5, 5)
        >>> heatmap[2, 2:4] = torch.tensor([1.0, 0.5])
        >>> quarter_shift(heatmap, torch.tensor([2, 2]))
        tensor([2.2500, 2.0000])
    """
    height, width = heatmaps.shape[-2:]
    pixel = points if points.dtype == torch.int64 else nearest_pixel(points)
    points = compute_float(points)
    if min(height, width) < 4:
        return points
    x, y = pixel[..., 0], pixel[..., 1]
    inside = (x > 1) & (y > 1) & (x < width - 1) & (y < height - 1)
    # Elsewhere, read a pixel whose neighbours lie inside the map; the result is not used.
    index = torch.where(inside, y * width + x, width + 1)
    pixels = heatmaps.flatten(-2)
    after, before = (
        [compute_float(take_last(pixels, index + side * step)) for step in (1, width)]
        for side in (1, -1)
    )
    towards = torch.sign(torch.stack(after, -1) - torch.stack(before, -1))
    return points + 0.25 * towards * inside[..., None]
