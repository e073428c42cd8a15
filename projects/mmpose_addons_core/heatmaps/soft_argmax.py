"""Beta-soft-argmax, the decoding of LPN (Zhang et al. 2019, arXiv 1911.10346).

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y).
"""

import math

import torch
from torch import Tensor

from ..arrays import compute_float
from ..formula import formula
from .centroid import centroid
from .peaks import nearest_pixel, values_at

MIN_EXPONENT = -80.0
"""Clip exponents to this; smaller ones give denormal weights, which are negligible and slow."""


@formula
def soft_argmax(heatmaps: Tensor, beta: float = 160.0) -> tuple[Tensor, Tensor]:
    r"""Return the mean pixel position under the softmax of beta times the map.

    .. math:: (x, y) = \sum_i p_i (x_i, y_i), \quad
              p = \mathrm{softmax}(\beta h)

    The largest exponent is subtracted first, so no beta and no map overflows. The score
    is the map's value at the pixel nearest to the result. A constant map has no peak:
    its position is the map's centre and its score at most 0.

    Args:
        heatmaps: (..., H, W). Differentiable in both results.
        beta: Inverse temperature per unit of the map's value; any finite number.

    Returns:
        Points (..., 2) in heatmap px and scores (...); both NaN for a map with a NaN.

    Raises:
        ValueError: If beta is not finite.

    Example:
        >>> heatmap = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
        >>> soft_argmax(heatmap)
        (tensor([1.5000, 1.0000]), tensor(0.5000))
    """
    if not math.isfinite(beta):
        raise ValueError(f'beta must be a finite number, got {beta}')
    heatmaps = compute_float(heatmaps)
    height, width = heatmaps.shape[-2:]
    flat = heatmaps.flatten(-2)
    top = flat.amax(-1, keepdim=True) if beta >= 0 else flat.amin(-1, keepdim=True)
    exponent = (flat - top.detach()).mul_(beta).clamp_(min=MIN_EXPONENT)
    weights = exponent.exp_().unflatten(-1, (height, width))
    points, total = centroid(weights)
    score = values_at(heatmaps, *nearest_pixel(points).unbind(-1))
    no_peak = total == height * width
    score = torch.where(no_peak, score.clamp(max=0), score)
    return points, torch.where(points[..., 0].isnan(), math.nan, score)
