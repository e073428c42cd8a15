"""Distribution-aware decoding of DARK (Zhang et al. 2020, arXiv 1910.06278).

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y).
"""

import torch
from torch import Tensor

from ..arrays import Array, compute_float, values_like
from ..formula import formula
from .blur import blurred_patches
from .newton import newton_step

LOG_FLOOR = 1e-10
"""Take the logarithm of at least this value."""


@formula
def dark_refine(
    heatmaps: Tensor, peaks: Tensor, blur_kernel_size: int = 11, accept_any_step: bool = False
) -> Tensor:
    """Move peaks to the maximum of the Gaussian that the map round them suggests.

    The map is blurred (zeros outside), its logarithm taken, and one Newton step made
    with derivatives over 2 px (equations 6 to 9). As in the published code, peaks that
    are not at least 2 px from the left and top and 3 px from the right and bottom
    border stay where they are.

    Differences from the published code:

    - Only a window round the peak is blurred. The code rescales the blurred map to its former
      maximum. That adds a constant to the logarithm, so it is left out; only the floor of
      1e-10 begins elsewhere.
    - Steps not to a maximum, or beyond 1.5 px, are refused unless `accept_any_step`.

    Args:
        heatmaps: (..., H, W). The step is differentiable.
        peaks: (..., 2), int64, heatmap px.
        blur_kernel_size: k, odd.
        accept_any_step: Take every step.

    Returns:
        Points (..., 2), heatmap px.
    """
    heatmaps = compute_float(heatmaps)
    height, width = heatmaps.shape[-2:]
    patch = blurred_patches(heatmaps, peaks, 2, blur_kernel_size, 'zeros')
    step = newton_step(*differences(patch.clip(LOG_FLOOR).log()), accept_any_step)
    inside = (peaks > 1) & (peaks < values_like(peaks, (width - 2, height - 2)))
    inside = inside[..., :1] & inside[..., 1:]
    return peaks.to(step.dtype) + torch.where(inside, step, 0)


def differences(patch: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return dx, dy, dxx, dxy, dyy (...) over 2 px in the middle of patches (..., 5, 5)."""
    middle = 2 * patch[..., 2, 2]
    return (
        (patch[..., 2, 3] - patch[..., 2, 1]) / 2,
        (patch[..., 3, 2] - patch[..., 1, 2]) / 2,
        (patch[..., 2, 4] - middle + patch[..., 2, 0]) / 4,
        (patch[..., 3, 3] - patch[..., 1, 3] - patch[..., 3, 1] + patch[..., 1, 1]) / 4,
        (patch[..., 4, 2] - middle + patch[..., 0, 2]) / 4,
    )
