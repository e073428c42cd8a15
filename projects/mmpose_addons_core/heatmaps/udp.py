"""Gaussian decoding of UDP (Huang et al. 2020, arXiv 1911.07524).

Shape letters: `...` any leading shape, H x W a map, N maps. Coordinates are heatmap px,
(x, y).
"""

import numpy as np
from torch import Tensor

from ..arrays import Array, cast, compute_float, namespace, numpy_on_cpu
from .blur import blurred_patches, gaussian_blur
from .newton import newton_step
from .peaks import values_at
from .windows import flatten_maps, take_last

LOG_RANGE = (1e-3, 50.0)
TOLERANCE = 1e-3
"""By how much the quick way can differ from the whole blur, heatmap px."""
LOWER_SHARE = 0.2
"""Where the minimum usually lies between its upper bound (0) and its lower one (1)."""
FLAT = 1e-6
"""A blurred map whose range is this part of its maximum is flat but for rounding."""


@numpy_on_cpu
def udp_refine(
    heatmaps: Array,
    peaks: Array,
    blur_kernel_size: int = 7,
    accept_any_step: bool = False,
) -> Array:
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
    patches = blurred_patches(heatmaps, peaks, 1, blur_kernel_size, 'reflect')
    if isinstance(heatmaps, Tensor):
        step = _step(patches, top, gaussian_blur(heatmaps, blur_kernel_size), accept_any_step)
    else:
        lower, upper = _bounds_of_the_minimum(heatmaps, blur_kernel_size)
        step, certain = _bounded_step(patches, top, lower, upper, accept_any_step)
        if not certain.all():
            rest = ~certain
            blurred = gaussian_blur(heatmaps[rest], blur_kernel_size)
            step[rest] = _step(patches[rest], top[rest], blurred, accept_any_step)
    return cast(peaks, step.dtype) + step


def _step(patches: Array, top: Array, blurred: Array, accept_any_step: bool) -> Array:
    """The step (..., 2) by the range of the whole blurred map."""
    xp = namespace(patches)
    pixels = flatten_maps(blurred)
    low = xp.amin(pixels, -1)
    extent = xp.amax(pixels, -1) - low
    is_flat = extent <= FLAT * abs(top)
    scale = xp.where(is_flat, 0.0, top / xp.where(is_flat, 1.0, extent))
    scaled = (patches - low[..., None, None]) * scale[..., None, None]
    return newton_step(*differences(xp.log(scaled.clip(*LOG_RANGE))), accept_any_step)


def _bounded_step(
    patches: np.ndarray,
    top: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    accept_any_step: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """The step (..., 2) by bounds of the blurred map's minimum, and where it is sure."""
    pixels = flatten_maps(patches)
    bounds = np.stack((lower, upper))[..., None]
    logs = np.log(np.maximum(pixels - bounds, 1e-30))
    logs = logs.reshape(*bounds.shape[:-1], *patches.shape[-2:])
    by_lower, by_upper = newton_step(*differences(logs), accept_any_step)
    difference = by_lower - by_upper
    error = (1 - LOWER_SHARE) * np.maximum(*np.moveaxis(abs(difference), -1, 0))
    # The range is at most top - lower, so the scale is at least top / (top - lower).
    extent = top - lower
    least = (pixels.min(-1) - upper) * top
    unclipped = (least >= LOG_RANGE[0] * extent) & (top <= LOG_RANGE[1])
    certain = (error <= TOLERANCE) & unclipped & (extent > FLAT * top)
    return by_upper + LOWER_SHARE * difference, certain


def _bounds_of_the_minimum(
    heatmaps: np.ndarray, kernel_size: int
) -> tuple[np.ndarray, np.ndarray]:
    """The minimum (...) of the maps, and what the blurred maps are in its pixel."""
    pixels, width = flatten_maps(heatmaps), heatmaps.shape[-1]
    index = pixels.argmin(-1)
    pixel = np.stack((index % width, index // width), -1)
    upper = blurred_patches(heatmaps, pixel, 0, kernel_size, 'reflect')[..., 0, 0]
    return take_last(pixels, index), upper


def differences(patch: Array) -> tuple[Array, Array, Array, Array, Array]:
    """dx, dy, dxx, dxy, dyy (...) over 1 px in the middle of patches (..., 3, 3).

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
