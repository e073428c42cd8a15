"""Peaks of heatmaps and the values around them.

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y),
origin at the centre of the first pixel.
"""

import torch
from torch import Tensor

from .arrays import accepts_numpy, compute_float, like, quick_on_cpu


@accepts_numpy
def heatmap_peaks(heatmaps: Tensor, above: float = 0.0) -> tuple[Tensor, Tensor]:
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
        >>> heatmap_peaks(torch.tensor([[0.0, 0.2, 0.1], [0.0, 0.9, 0.3]]))
        (tensor([1, 1]), tensor(0.9000))
    """
    flat = compute_float(heatmaps).flatten(-2)
    index = _argmax(flat)
    value = flat.gather(-1, index[..., None]).squeeze(-1)
    index = index * (value > above)
    width = heatmaps.shape[-1]
    return torch.stack((index % width, index // width), dim=-1), value


def _argmax(flat: Tensor) -> Tensor:
    """Argmax over the last axis; NumPy's is six times faster than torch's on a CPU."""
    if quick_on_cpu(flat):
        return torch.from_numpy(flat.detach().numpy().argmax(-1, keepdims=True))[..., 0]
    return flat.argmax(-1)


def values_at(heatmaps: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Map values (...) at one pixel each.

    Args:
        heatmaps: (..., H, W).
        x, y: (...), int64, heatmap px; outside, the nearest pixel inside counts.
    """
    height, width = heatmaps.shape[-2:]
    index = y.clamp(0, height - 1) * width + x.clamp(0, width - 1)
    return heatmaps.flatten(-2).gather(-1, index[..., None]).squeeze(-1)


def nearest_pixel(points: Tensor) -> Tensor:
    """The pixel that holds each point (halves go up), int64; NaN gives a valid number.

    Example:
        >>> nearest_pixel(torch.tensor([[1.5, 2.49]]))
        tensor([[2, 2]])
    """
    return torch.floor(points + 0.5).nan_to_num(0.0).long()


@accepts_numpy
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
    pixel = nearest_pixel(points) if points.is_floating_point() else points.long()
    inside = (pixel > 1) & (pixel < like(pixel, (width - 1, height - 1)))
    inside = inside.all(-1, keepdim=True)
    pixel = torch.where(inside, pixel, 1)  # then so are its neighbours
    index = (pixel * like(pixel, (1, width))).sum(-1, keepdim=True)
    around = index + like(index, (1, width, -1, -width))
    around = around.clamp(0, height * width - 1)  # maps of one or two pixels
    right_below, left_above = heatmaps.flatten(-2).gather(-1, around).chunk(2, dim=-1)
    towards = torch.sign(compute_float(right_below) - compute_float(left_above))
    return compute_float(points) + 0.25 * towards * inside
