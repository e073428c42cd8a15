"""Distribution-aware decoding of DARK (Zhang et al. 2020, arXiv 1910.06278).

Shape letters: `...` any leading shape, H x W a map. Coordinates are heatmap px, (x, y).
"""

from .arrays import Array, cast, compute_float, like, namespace, numpy_on_cpu, times
from .blur import blurred_patches
from .newton import difference_stencil, newton_step
from .windows import flat

LOG_FLOOR = 1e-10
STENCIL = (0, -1 / 2, 0, 1 / 2, 0), (1 / 4, 0, -1 / 2, 0, 1 / 4), None
"""Differences over 2 px; the mixed one takes the four diagonal neighbours."""


@numpy_on_cpu
def dark_refine(
    heatmaps: Array, peaks: Array, blur_kernel_size: int = 11, paper: bool = False
) -> Array:
    """Move peaks to the maximum of the Gaussian that the map round them suggests.

    The map is blurred (zeros outside), its logarithm taken, and one Newton step made
    with derivatives over 2 px (equations 6 to 9). As in the published code, peaks that
    are not at least 2 px from the left and top and 3 px from the right and bottom
    border stay where they are.

    Differences from the published code:

    - Only a window round the peak is blurred. The code's rescaling of the blurred map
      to its former maximum adds a constant to the logarithm and is left out, but for
      where the floor of 1e-10 begins.
    - Steps not to a maximum, or beyond 1.5 px, are refused unless `paper`.

    Args:
        heatmaps: (..., H, W). The step is differentiable.
        peaks: (..., 2), int64, heatmap px.
        blur_kernel_size: k, odd.
        paper: Take every step.

    Returns:
        Points (..., 2), heatmap px.
    """
    xp = namespace(heatmaps)
    heatmaps = compute_float(heatmaps)
    height, width = heatmaps.shape[-2:]
    patch = blurred_patches(heatmaps, peaks, 2, blur_kernel_size, 'zeros')
    log = flat(xp.log(patch.clip(LOG_FLOOR)))
    step = newton_step(times(log, difference_stencil, *STENCIL), paper)
    inside = (peaks > 1) & (peaks < like(peaks, (width - 2, height - 2)))
    inside = inside[..., :1] & inside[..., 1:]
    return cast(peaks, step.dtype) + xp.where(inside, step, 0)
