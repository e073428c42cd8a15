"""Gaussian decoding of UDP (Huang et al. 2020, arXiv 1911.07524).

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y).
"""

import torch
from torch import Tensor

from .arrays import accepts_numpy, compute_float
from .blur import blurred_patches, gaussian_blur
from .newton import newton_step

LOG_RANGE = (1e-3, 50.0)


@accepts_numpy
def udp_refine(
    heatmaps: Tensor,
    peaks: Tensor,
    blur_kernel_size: int = 7,
    paper: bool = False,
) -> Tensor:
    """Move peaks by UDP's variant of DARK's Newton step.

    The map is blurred (reflected at the border), rescaled to [0, its former maximum],
    clipped to [1e-3, 50] and its logarithm taken; the step uses derivatives over 1 px
    and repeats the border's values outside.

    Difference from the published code: steps not to a maximum, or beyond 1.5 px, are
    refused unless `paper`.

    Args:
        heatmaps: (..., H, W). The step is differentiable.
        peaks: (..., 2), int64, heatmap px.
        blur_kernel_size: k, odd.
        paper: Take every step.

    Returns:
        Points (..., 2), heatmap px.
    """
    heatmaps = compute_float(heatmaps)
    patch = blurred_patches(heatmaps, peaks, 1, blur_kernel_size, 'reflect')
    blurred = gaussian_blur(heatmaps, blur_kernel_size, 'reflect').flatten(-2)
    low, high = blurred.amin(-1), blurred.amax(-1)
    scale = heatmaps.flatten(-2).amax(-1) / (high - low)
    return peaks + _step(patch, low, scale, paper)


def _step(patch: Tensor, low: Tensor, scale: Tensor, paper: bool) -> Tensor:
    """The step (..., 2) of patches (..., 3, 3) rescaled to (patch - low) * scale."""
    log = ((patch - low[..., None, None]) * scale[..., None, None]).clamp(*LOG_RANGE).log()
    centre, left, right = log[..., 1, 1], log[..., 1, 0], log[..., 1, 2]
    above, below = log[..., 0, 1], log[..., 2, 1]
    corners = log[..., 0, 0] + log[..., 2, 2]
    return newton_step(
        dx=(right - left) / 2,
        dy=(below - above) / 2,
        dxx=right - 2 * centre + left,
        dxy=(corners + 2 * centre - left - right - above - below) / 2,
        dyy=below - 2 * centre + above,
        paper=paper,
    )
