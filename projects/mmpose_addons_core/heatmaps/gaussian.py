"""Gaussian target heatmaps of Simple Baselines, DARK and UDP.

Shape letters: `...` any leading shape, usually (instances, keypoints); H x W a map.
Sizes are (W, H); coordinates, sigma and radius are heatmap px, (x, y).
"""

import torch
from torch import Tensor

from ..arrays import arange_like, compute_float, values_like, widened
from ..formula import formula

OUTSIDE = -1e6
"""A coordinate that no Gaussian reaches from, heatmap px."""
RADIUS_IN_SIGMAS = 3.0
"""A truncated Gaussian ends this many sigma from its pixel."""


@formula
def gaussian_heatmaps(
    centres: Tensor,
    visible: Tensor,
    size: tuple[int, int],
    sigma: float,
    unbiased: bool = False,
    truncated: bool = True,
) -> tuple[Tensor, Tensor]:
    r"""Draw :math:`\exp(-\|x - c\|^2 / 2 \sigma^2)` for every visible keypoint.

    ===================  ================  =================================
    paper                unbiased          truncated
    ===================  ================  =================================
    Simple Baselines     False: c rounded  True: 3 sigma round the pixel
    DARK (1910.06278)    True: c as is     False: the whole map
    UDP (1911.07524)     True: c as is     True: 3 sigma round c's pixel
    ===================  ================  =================================

    The Gaussian is the outer product of two one-dimensional ones. As in the papers'
    code, pixels are rounded by truncating c + 0.5 towards zero, and a keypoint loses its
    weight when a square of 3 sigma round it does not touch the map. A coordinate that
    is NaN loses its weight too.

    Args:
        centres: (..., 2), heatmap px. Differentiable where `unbiased`.
        visible: (...), weights; a map is drawn where they exceed 0.5.
        size: (W, H).
        sigma: Heatmap px.

    Returns:
        Heatmaps (..., H, W), float32, and weights (...) of the type of `visible`;
        half types become float32.

    Example:
        >>> import numpy as np
        >>> maps, weights = gaussian_heatmaps(
        ...     np.array([[2.4, 1.0]]), np.ones(1), size=(5, 3), sigma=1.0)
        >>> maps[0, 1].round(2)
        array([0.14, 0.61, 1.  , 0.61, 0.14], dtype=float32)
        >>> weights
        array([1.])
    """
    width, height = size
    centres = compute_float(centres)
    centres = torch.fmax(centres, values_like(centres, (OUTSIDE,)))  # also where it is NaN
    pixel = (centres + 0.5).trunc()
    radius = RADIUS_IN_SIGMAS * sigma
    middle = values_like(centres, (width / 2 - 1, height / 2 - 1))
    touches = ((pixel if truncated else centres) - middle).abs() < middle + (radius + 2)
    weights = widened(visible) * (touches[..., 0] & touches[..., 1])
    grid = arange_like(centres, max(size))
    offset = grid - (centres if unbiased else pixel)[..., None]
    profile = torch.exp(offset * offset * (-0.5 / sigma**2))  # in x and in y, (..., 2, n)
    if truncated:
        profile = profile * ((grid - pixel[..., None]).abs() <= radius)
    profile = profile.float()
    across, down = profile[..., 0, :width], profile[..., 1, :height]
    down = down * (weights > 0.5)[..., None]
    return torch.einsum('...i,...j->...ij', down, across), weights
