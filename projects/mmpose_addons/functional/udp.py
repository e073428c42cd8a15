"""Gaussian decoding of UDP (Huang et al. 2020, arXiv 1911.07524).

Shape letters: `...` any leading shape, H x W a map, N maps. Coordinates are heatmap px,
(x, y).
"""

import torch
from torch import Tensor

from .arrays import accepts_numpy, compute_float, quick_on_cpu
from .blur import blurred_patches, gaussian_blur
from .newton import difference_stencil, newton_step
from .peaks import values_at

LOG_RANGE = (1e-3, 50.0)
STENCIL = (
    (-1 / 2, 0, 1 / 2),
    (1, -2, 1),
    (1 / 2, -1 / 2, 0, -1 / 2, 1, -1 / 2, 0, -1 / 2, 1 / 2),
)
"""Differences over 1 px; the mixed one takes the neighbours on one diagonal."""
TOLERANCE = 1e-3
"""By how much the quick way can differ from the whole blur, heatmap px."""
LOWER_SHARE = 0.2
"""Where the minimum usually lies between its upper bound (0) and its lower one (1)."""
FLAT = 1e-6
"""A blurred map whose range is this part of its maximum is flat but for rounding."""


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

    The rescaling needs the minimum of the whole blurred map, though the step hardly
    depends on it. On a CPU only a window round the peak is blurred and the step taken
    for a lower and an upper bound of that minimum: the map's own minimum, below which
    no mean can lie, and the blurred map's value in the same pixel. Where both agree and
    nothing can be clipped, the result lies between them, at most 1e-3 px from the right
    one (2e-4 px with the noise of real maps). The other maps are blurred whole.

    Differences from the published code:

    - Steps not to a maximum, or beyond 1.5 px, are refused unless `paper`.
    - Flat maps make no step; the code divides their rounding errors by each other.

    Args:
        heatmaps: (..., H, W). The step is differentiable.
        peaks: (..., 2), int64, heatmap px: the pixels of the maxima.
        blur_kernel_size: k, odd.
        paper: Take every step.

    Returns:
        Points (..., 2), heatmap px.
    """
    heatmaps = compute_float(heatmaps)
    top = values_at(heatmaps, *peaks.unbind(-1))
    patches = blurred_patches(heatmaps, peaks, 1, blur_kernel_size, 'reflect')
    if not quick_on_cpu(heatmaps) or heatmaps.requires_grad:
        blurred = gaussian_blur(heatmaps, blur_kernel_size)
        return peaks + _step(patches, top, blurred, paper)
    lower, upper = _bounds_of_the_minimum(heatmaps, blur_kernel_size)
    step, certain = _bounded_step(patches, top, lower, upper, paper)
    if not certain.all():
        rest = ~certain
        blurred = gaussian_blur(heatmaps[rest], blur_kernel_size)
        step[rest] = _step(patches[rest], top[rest], blurred, paper)
    return peaks + step


def _step(patches: Tensor, top: Tensor, blurred: Tensor, paper: bool) -> Tensor:
    """The step (..., 2) by the range of the whole blurred map."""
    low = _lowest(blurred)
    extent = blurred.flatten(-2).amax(-1) - low
    flat = extent <= FLAT * top.abs()
    scale = torch.where(flat, 0.0, top / torch.where(flat, 1.0, extent))
    scaled = (patches - low[..., None, None]) * scale[..., None, None]
    return newton_step(_derivatives(scaled.clamp(*LOG_RANGE).log()), paper)


def _bounded_step(
    patches: Tensor, top: Tensor, lower: Tensor, upper: Tensor, paper: bool
) -> tuple[Tensor, Tensor]:
    """The step (..., 2) by bounds of the blurred map's minimum, and where it is sure."""
    bounds = torch.stack((lower, upper), dim=-1)[..., None, None]
    logs = (patches[..., None, :, :] - bounds).clamp(min=1e-30).log()
    derivatives = _derivatives(logs)
    steps = newton_step(derivatives, paper=True)
    if not paper:
        steps = torch.cat((steps, newton_step(derivatives)), dim=-1)
    difference = steps[..., 0, :] - steps[..., 1, :]
    error = (1 - LOWER_SHARE) * difference.abs().amax(-1)
    # The range is at most top - lower, so the scale is at least top / (top - lower).
    extent = top - lower
    least = (patches.amin((-2, -1)) - upper) * top
    unclipped = (least >= LOG_RANGE[0] * extent) & (top <= LOG_RANGE[1])
    certain = (error <= TOLERANCE) & unclipped & (extent > FLAT * top)
    return (steps[..., 1, :] + LOWER_SHARE * difference)[..., -2:], certain


def _lowest(maps: Tensor) -> Tensor:
    return maps.flatten(-2).amin(-1)


def _bounds_of_the_minimum(heatmaps: Tensor, kernel_size: int) -> tuple[Tensor, Tensor]:
    """The minimum (...) of the maps, and what the blurred maps are in its pixel."""
    width = heatmaps.shape[-1]
    index = torch.from_numpy(heatmaps.flatten(-2).numpy().argmin(-1, keepdims=True))
    pixel = torch.cat((index % width, index // width), dim=-1)
    lower = heatmaps.flatten(-2).gather(-1, index).squeeze(-1)
    upper = blurred_patches(heatmaps, pixel, 0, kernel_size, 'reflect')[..., 0, 0]
    return lower, upper


def _derivatives(log: Tensor) -> Tensor:
    """UDP's differences (..., 5) of patches (..., 3, 3)."""
    return log.flatten(-2) @ difference_stencil(*STENCIL, log.dtype, log.device)
