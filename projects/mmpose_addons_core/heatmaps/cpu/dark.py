"""DARK's refinement in NumPy."""

import numpy as np

from ...arrays import compute_float, values_like
from ...formula import replaces
from .. import dark
from .blur import blurred_patches
from .newton import newton_step


@replaces(dark.dark_refine, tolerance=1e-3)
def dark_refine(
    heatmaps: np.ndarray,
    peaks: np.ndarray,
    blur_kernel_size: int = 11,
    accept_any_step: bool = False,
) -> np.ndarray:
    """Blur a window round each peak and take the step by NumPy.

    A step at the limit of what is accepted can be taken by one and refused by the other.
    """
    heatmaps = compute_float(heatmaps)
    height, width = heatmaps.shape[-2:]
    patch = blurred_patches(heatmaps, peaks, 2, blur_kernel_size, 'zeros')
    logs = np.log(patch.clip(dark.LOG_FLOOR))
    step = newton_step(*dark.differences(logs), accept_any_step)
    inside = (peaks > 1) & (peaks < values_like(peaks, (width - 2, height - 2)))
    inside = inside[..., :1] & inside[..., 1:]
    return peaks.astype(step.dtype) + np.where(inside, step, 0)
