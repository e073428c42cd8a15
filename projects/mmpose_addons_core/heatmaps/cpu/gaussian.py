"""Gaussian targets, computed only in a window round each keypoint."""

import numpy as np

from ...arrays import arange_like, compute_float, values_like
from ...formula import replaces
from .. import gaussian
from .windows import inner_start, paint_windows


@replaces(gaussian.gaussian_heatmaps, tolerance=1e-6)
def gaussian_heatmaps(
    centres: np.ndarray,
    visible: np.ndarray,
    size: tuple[int, int],
    sigma: float,
    unbiased: bool = False,
    truncated: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute truncated Gaussians in a window and paint it into the map."""
    centres = compute_float(centres)
    width, height = size
    centres = np.fmax(centres, values_like(centres, (gaussian.OUTSIDE,)))  # also if it is NaN
    pixel = np.trunc(centres + 0.5)
    radius = gaussian.RADIUS_IN_SIGMAS * sigma
    middle = values_like(centres, (width / 2 - 1, height / 2 - 1))
    touches = abs((pixel if truncated else centres) - middle) < middle + (radius + 2)
    weights = visible * (touches[..., 0] & touches[..., 1])
    # Profiles in x and in y (..., 2, n), over a window round the keypoint or the whole map.
    side = 2 * int(radius) + 1
    windowed = truncated and side <= min(size)
    if windowed:
        start = inner_start(pixel - int(radius), side, size)
        grid = start[..., None] + arange_like(centres, side)
    else:
        grid = arange_like(centres, max(size))
    offset = grid - (centres if unbiased else pixel)[..., None]
    profile = np.exp(offset * offset * (-0.5 / sigma**2))
    if truncated:
        profile = profile * (abs(grid - pixel[..., None]) <= radius)
    profile = profile.astype(np.float32, copy=False)
    across, down = profile[..., 0, :width], profile[..., 1, :height]
    down = down * (weights > 0.5)[..., None]
    maps = np.einsum('...i,...j->...ij', down, across)
    return (paint_windows(maps, start, size) if windowed else maps), weights
