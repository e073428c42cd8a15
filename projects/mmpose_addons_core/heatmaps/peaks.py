"""Peaks of heatmaps and the values around them.

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y),
origin at the centre of the first pixel.
"""

from ..arrays import Array, cast, compute_float, namespace, numpy_on_cpu
from .windows import flatten_maps, take_last


@numpy_on_cpu
def heatmap_peaks(heatmaps: Array, above: float = 0.0) -> tuple[Array, Array]:
    """Position and value of each map's maximum.

    Of several equal maxima the first in reading order counts. A map without a positive
    value has its peak at (0, 0), as in Simple Baselines' code (arXiv 1804.06208); a map
    with a NaN has the value NaN.

    Args:
        heatmaps: (..., H, W). The values are differentiable.
        above: What a maximum has to exceed; -inf where maps are logits.

    Returns:
        Peaks (..., 2), int64, in heatmap px, and their values (...).

    Example:
        >>> import torch
        >>> heatmap_peaks(torch.tensor([[0.0, 0.2, 0.1], [0.0, 0.9, 0.3]]))
        (tensor([1, 1]), tensor(0.9000))
    """
    xp = namespace(heatmaps)
    pixels = flatten_maps(compute_float(heatmaps))
    index = pixels.argmax(-1)
    value = take_last(pixels, index)
    index = index * (value > above)
    y = index // heatmaps.shape[-1]
    return xp.stack((index - y * heatmaps.shape[-1], y), -1), value


def values_at(heatmaps: Array, x: Array, y: Array) -> Array:
    """Map values (...) at one pixel each.

    Args:
        heatmaps: (..., H, W).
        x, y: (...), int64, heatmap px; outside, the nearest pixel inside counts.
    """
    height, width = heatmaps.shape[-2:]
    index = y.clip(0, height - 1) * width + x.clip(0, width - 1)
    return take_last(flatten_maps(heatmaps), index)


def nearest_pixel(points: Array) -> Array:
    """The pixel that holds each point (halves go up), int64; NaN gives a valid number.

    Example:
        >>> import torch
        >>> nearest_pixel(torch.tensor([[1.5, 2.49]]))
        tensor([[2, 2]])
    """
    xp = namespace(points)
    return cast(xp.nan_to_num(xp.floor(points + 0.5)), xp.int64)


@numpy_on_cpu
def quarter_shift(heatmaps: Array, points: Array) -> Array:
    """Move points by 0.25 px towards the higher neighbour, in x and in y.

    Simple Baselines' rule: a point whose pixel is not at least 2 px from the left and
    top and 1 px from the right and bottom border stays as it is.

    Args:
        heatmaps: (..., H, W).
        points: (..., 2), heatmap px, of any number type.

    Returns:
        Points (..., 2), float, heatmap px.

    Example:
        >>> import torch
        >>> heatmap = torch.zeros(5, 5)
        >>> heatmap[2, 2:4] = torch.tensor([1.0, 0.5])
        >>> quarter_shift(heatmap, torch.tensor([2, 2]))
        tensor([2.2500, 2.0000])
    """
    xp = namespace(points)
    height, width = heatmaps.shape[-2:]
    pixel = points if points.dtype == xp.int64 else nearest_pixel(points)
    points = compute_float(points)
    if min(height, width) < 4:
        return points
    x, y = pixel[..., 0], pixel[..., 1]
    inside = (x > 1) & (y > 1) & (x < width - 1) & (y < height - 1)
    index = xp.where(inside, y * width + x, width + 1)  # then its neighbours lie inside, too
    pixels = flatten_maps(heatmaps)
    after, before = (
        [compute_float(take_last(pixels, index + side * step)) for step in (1, width)]
        for side in (1, -1)
    )
    towards = xp.sign(xp.stack(after, -1) - xp.stack(before, -1))
    return points + 0.25 * towards * inside[..., None]
