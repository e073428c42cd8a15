"""Weighted mean pixel of a map.

Shape letters: `...` any leading shape, H x W a map. Coordinates are px, (x, y).
"""

import numpy as np

from ..arrays import Array, constant_like, matmul_constant
from .windows import flatten_maps


def centroid(weights: Array) -> tuple[Array, Array]:
    """Mean pixel position under weights, and the weights' sum.

    Args:
        weights: (..., H, W), not negative. Differentiable.

    Returns:
        Points (..., 2), px of the map, NaN where all weights are 0, and sums (...).

    Example:
        >>> import torch
        >>> centroid(torch.tensor([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0]]))
        (tensor([1.7500, 0.0000]), tensor(4.))
    """
    moments = matmul_constant(flatten_maps(weights), pixel_powers, *weights.shape[-2:])
    return moments[..., :2] / moments[..., 2:], moments[..., 2]


@constant_like
def pixel_powers(height: int, width: int) -> np.ndarray:
    """(x, y, 1) of every pixel, (H W, 3)."""
    y, x = np.mgrid[:height, :width].reshape(2, -1)
    return np.stack((x, y, np.ones_like(x)), -1)
