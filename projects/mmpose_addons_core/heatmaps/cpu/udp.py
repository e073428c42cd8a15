"""UDP's refinement, without blurring whole maps where a window is enough.

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y).
"""

import numpy as np

from ...arrays import compute_float
from ...formula import replaces
from .. import udp
from .blur import blurred_patches, gaussian_blur
from .newton import newton_step
from .peaks import values_at
from .windows import flatten_maps, take_last

TOLERANCE = 1e-3
"""Largest difference from the step by the whole blur, heatmap px."""
MINIMUM_SHARE = 0.2
"""Where the minimum usually lies between its upper bound (0) and its lower bound (1)."""


@replaces(udp.udp_refine, tolerance=TOLERANCE)
def udp_refine(
    heatmaps: np.ndarray,
    peaks: np.ndarray,
    blur_kernel_size: int = 7,
    accept_any_step: bool = False,
) -> np.ndarray:
    """Replace the blurred map's minimum by bounds where the step hardly depends on it.

    The formula needs the minimum of the whole blurred map. Here only a window round the peak is
    blurred, and the step is computed for a lower and an upper bound of that minimum: the
    map's own minimum, below which no mean can lie, and the blurred map's value in the same
    pixel. Where both agree and nothing can be clipped, the result lies between them, at
    most 1e-3 px from the right one (2e-4 px with the noise of real maps). The other maps are
    blurred whole. A step at the limit of what is accepted can be taken by one and refused
    by the other.
    """
    heatmaps = compute_float(heatmaps)
    top = values_at(heatmaps, peaks)
    patches = blurred_patches(heatmaps, peaks, 1, blur_kernel_size, 'reflect')
    lower, upper = _bounds_of_minimum(heatmaps, blur_kernel_size)
    step, certain = _step_by_bounds(patches, top, lower, upper, accept_any_step)
    if not certain.all():
        rest = ~certain
        blurred = gaussian_blur(heatmaps[rest], blur_kernel_size)
        step[rest] = _step(patches[rest], top[rest], blurred, accept_any_step)
    return peaks.astype(step.dtype) + step


def _step(
    patches: np.ndarray, top: np.ndarray, blurred: np.ndarray, accept_any_step: bool
) -> np.ndarray:
    """Return the step (..., 2) by the range of the whole blurred map."""
    pixels = flatten_maps(blurred)
    lowest = pixels.min(-1)
    extent = pixels.max(-1) - lowest
    is_flat = extent <= udp.FLAT_RANGE * abs(top)
    scale = np.where(is_flat, 0.0, top / np.where(is_flat, 1.0, extent))
    scaled = (patches - lowest[..., None, None]) * scale[..., None, None]
    return newton_step(*udp.differences(np.log(scaled.clip(*udp.LOG_RANGE))), accept_any_step)


def _step_by_bounds(
    patches: np.ndarray,
    top: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    accept_any_step: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the step (..., 2) by bounds of the blurred minimum, and where it is certain."""
    pixels = flatten_maps(patches)
    bounds = np.stack((lower, upper))[..., None]
    logs = np.log(np.maximum(pixels - bounds, 1e-30))
    logs = logs.reshape(*bounds.shape[:-1], *patches.shape[-2:])
    by_lower, by_upper = newton_step(*udp.differences(logs), accept_any_step)
    difference = by_lower - by_upper
    error = (1 - MINIMUM_SHARE) * np.maximum(*np.moveaxis(abs(difference), -1, 0))
    # The range is at most top - lower, so the scale is at least top / (top - lower).
    extent = top - lower
    least = (pixels.min(-1) - upper) * top
    unclipped = (least >= udp.LOG_RANGE[0] * extent) & (top <= udp.LOG_RANGE[1])
    certain = (error <= TOLERANCE) & unclipped & (extent > udp.FLAT_RANGE * top)
    return by_upper + MINIMUM_SHARE * difference, certain


def _bounds_of_minimum(heatmaps: np.ndarray, kernel_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return bounds (...) of the maps' minimum, and of the blurred maps in its pixel."""
    pixels, width = flatten_maps(heatmaps), heatmaps.shape[-1]
    index = pixels.argmin(-1)
    pixel = np.stack((index % width, index // width), -1)
    upper = blurred_patches(heatmaps, pixel, 0, kernel_size, 'reflect')[..., 0, 0]
    return take_last(pixels, index), upper
