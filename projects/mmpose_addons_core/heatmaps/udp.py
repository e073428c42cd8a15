"""Gaussian decoding of UDP (Huang et al. 2020, arXiv 1911.07524).

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y).
"""

import torch
from torch import Tensor

from ..arrays import Array, compute_float
from ..formula import formula
from .blur import blurred_patches, gaussian_blur
from .newton import newton_step
from .peaks import values_at

LOG_RANGE = (1e-3, 50.0)
"""Clip a rescaled map to this range before its logarithm is taken."""
FLAT_RANGE = 1e-6
"""A blurred map whose range is at most this share of its maximum differs by rounding only."""


@formula
def udp_refine(
    heatmaps: Tensor,
    peaks: Tensor,
    blur_kernel_size: int = 7,
    accept_any_step: bool = False,
) -> Tensor:
    """Move peaks by UDP's variant of DARK's Newton step.

    The map is blurred (reflected at the border), rescaled to [0, its former maximum],
    clipped to [1e-3, 50] and its logarithm taken; the step uses derivatives over 1 px
    and repeats the border's values outside.

    Differences from the published code:

    - Steps not to a maximum, or beyond 1.5 px, are refused unless `accept_any_step`.
    - Flat maps make no step; the code divides their rounding errors by each other.

    Args:
        heatmaps: (..., H, W). The step is differentiable.
        peaks: (..., 2), int64, heatmap px: the pixels of the maxima.
        blur_kernel_size: k, odd.
        accept_any_step: Take every step.

    Returns:
        Points (..., 2), heatmap px.
    """
    heatmaps = compute_float(heatmaps)
    top = values_at(heatmaps, peaks[..., 0], peaks[..., 1])
    blurred = gaussian_blur(heatmaps, blur_kernel_size).flatten(-2)
    lowest = blurred.amin(-1)
    extent = blurred.amax(-1) - lowest
    is_flat = extent <= FLAT_RANGE * top.abs()
    scale = torch.where(is_flat, 0.0, top / torch.where(is_flat, 1.0, extent))
    patches = blurred_patches(heatmaps, peaks, 1, blur_kernel_size, 'reflect')
    scaled = (patches - lowest[..., None, None]) * scale[..., None, None]
    step = newton_step(*differences(scaled.clip(*LOG_RANGE).log()), accept_any_step)
    return peaks.to(step.dtype) + step


def differences(patch: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return dx, dy, dxx, dxy, dyy (...) over 1 px in the middle of patches (..., 3, 3).

    The mixed one takes the neighbours on one diagonal.
    """
    left, middle, right = (patch[..., 1, i] for i in range(3))
    above, below = patch[..., 0, 1], patch[..., 2, 1]
    corners = patch[..., 0, 0] + patch[..., 2, 2]
    return (
        (right - left) / 2,
        (below - above) / 2,
        right - 2 * middle + left,
        (corners - left - right - above - below) / 2 + middle,
        below - 2 * middle + above,
    )
