"""Weighted mean pixel of a map.

Shape letters: `...` any leading shape, H x W a map. Coordinates are px, (x, y).
"""

import numpy as np
from torch import Tensor

from ..arrays import cached_constant


def centroid(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean pixel position under weights, and the weights' sum.

    Args:
        weights: (..., H, W), not negative. Differentiable.

    Returns:
        Points (..., 2), px of the map, NaN where all weights are 0, and sums (...).

    Example:
        >>> import torch
        >>> centroid(torch.tensor([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0]]))
        (tensor([1.7500, 0.0000]), tensor(4.))
    """
    moments = weights.flatten(-2) @ pixel_powers(weights, *weights.shape[-2:])
    return moments[..., :2] / moments[..., 2:], moments[..., 2]


@cached_constant
def pixel_powers(height: int, width: int) -> np.ndarray:
    """Return (x, y, 1) of every pixel, (H W, 3)."""
    y, x = np.mgrid[:height, :width].reshape(2, -1)
    return np.stack((x, y, np.ones_like(x)), -1)
