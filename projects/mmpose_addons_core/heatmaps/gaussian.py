"""Gaussian target heatmaps of Simple Baselines, DARK and UDP.

Shape letters: `...` any leading shape, usually (instances, keypoints); H x W a map.
Sizes are (W, H); coordinates, sigma and radius are heatmap px, (x, y).
"""

from ..arrays import Array, arange_like, cast, namespace, values_like
from .windows import inner_start, paint_windows

OUTSIDE = -1e6
"""Farther outside than any blob reaches, heatmap px."""
SIGMAS_SHOWN = 3.0
"""A truncated blob ends this many sigma from its pixel."""


def gaussian_heatmaps(
    centres: Array,
    visible: Array,
    size: tuple[int, int],
    sigma: float,
    unbiased: bool = False,
    truncated: bool = True,
) -> tuple[Array, Array]:
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
        centres: (..., 2), heatmap px, NumPy or torch.
        visible: (...), weights; a map is drawn where they exceed 0.5.
        size: (W, H).
        sigma: Heatmap px.

    Returns:
        Heatmaps (..., H, W), float32, and weights (...) of the type of `visible`.

    Example:
        >>> import numpy as np
        >>> maps, weights = gaussian_heatmaps(
        ...     np.array([[2.4, 1.0]]), np.ones(1), size=(5, 3), sigma=1.0)
        >>> maps[0, 1].round(2)
        array([0.14, 0.61, 1.  , 0.61, 0.14], dtype=float32)
        >>> weights
        array([1.])
    """
    xp = namespace(centres)
    if centres.dtype != xp.float64:
        centres = cast(centres, xp.float32)
    width, height = size
    centres = xp.fmax(centres, values_like(centres, (OUTSIDE,)))  # also where it is NaN
    pixel = xp.trunc(centres + 0.5)
    radius = SIGMAS_SHOWN * sigma
    middle = values_like(centres, (width / 2 - 1, height / 2 - 1))
    touches = abs((pixel if truncated else centres) - middle) < middle + (radius + 2)
    weights = visible * (touches[..., 0] & touches[..., 1])
    # Profiles in x and in y (..., 2, n), over a window round the blob or the whole map.
    side = 2 * int(radius) + 1
    windowed = truncated and side <= min(size)
    if windowed:
        start = inner_start(pixel - int(radius), side, size)
        grid = start[..., None] + arange_like(centres, side)
    else:
        grid = arange_like(centres, max(size))
    offset = grid - (centres if unbiased else pixel)[..., None]
    profile = xp.exp(offset * offset * (-0.5 / sigma**2))
    if truncated:
        profile = profile * (abs(grid - pixel[..., None]) <= radius)
    profile = cast(profile, xp.float32)
    across, down = profile[..., 0, :width], profile[..., 1, :height]
    down = down * (weights > 0.5)[..., None]
    maps = xp.einsum('...i,...j->...ij', down, across)
    return (paint_windows(maps, start, size) if windowed else maps), weights
