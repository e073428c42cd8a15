"""Weighted mean pixel of a map.

Shape letters: `...` any leading shape, H x W a map. Coordinates are px, (x, y).
"""

import torch
from torch import Tensor

from .arrays import arange_like


def centroid(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Mean pixel position under weights, and the weights' sum.

    Args:
        weights: (..., H, W), not negative. Differentiable.

    Returns:
        Points (..., 2), px of the map, NaN where all weights are 0, and sums (...).

    Example:
        >>> centroid(torch.tensor([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0]]))
        (tensor([1.7500, 0.0000]), tensor(4.))
    """
    height, width = weights.shape[-2:]
    across = arange_like(weights, width)
    moments = weights @ torch.stack((torch.ones_like(across), across), dim=-1)
    total, x = moments.sum(-2).unbind(-1)  # the maps are read only once, above
    y = moments[..., 0] @ arange_like(weights, height)
    return torch.stack((x, y), dim=-1) / total[..., None], total
