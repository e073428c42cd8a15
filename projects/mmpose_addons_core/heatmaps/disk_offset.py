"""Disks with offsets: G-RMI (arXiv 1701.01779) and UDP's combined target (1911.07524).

Every keypoint has three maps: the label, 1 inside the disk of radius R round the
keypoint, and inside it the offsets (l - x) / R to the keypoint l, in x and in y.

Shape letters: `...` any leading shape, H x W a map. Sizes are (W, H); coordinates and R
are heatmap px, (x, y).
"""

import math

from ..arrays import (
    Array,
    arange_like,
    cast,
    compute_float,
    namespace,
    numpy_on_cpu,
    values_like,
)
from .blur import blurred_patches, matrix_for
from .blurred_peaks import blurred_peaks
from .centroid import centroid
from .peaks import heatmap_peaks
from .windows import flatten_maps, inner_start, paint_windows, rows_of, windows_around

TINY = 1e-30
OUTSIDE = 1e6
"""Farther outside than any disk reaches, heatmap px."""


def disk_offset_maps(
    centres: Array, visible: Array, size: tuple[int, int], radius: float
) -> tuple[Array, Array]:
    """Draw label and offsets of every visible keypoint.

    As in UDP's code, a keypoint keeps its weight where its disk does not touch the map.

    Args:
        centres: (..., 2), heatmap px, NumPy or torch.
        visible: (...), weights; maps are drawn where they exceed 0.5.
        size: (W, H).
        radius: R, heatmap px.

    Returns:
        Maps (..., 3, H, W), float32, and the weights as they came.

    Example:
        >>> import numpy as np
        >>> maps, _ = disk_offset_maps(
        ...     np.array([2.5, 0.0]), np.array(1.0), size=(5, 1), radius=2.0)
        >>> maps[:, 0]
        array([[ 0.  ,  1.  ,  1.  ,  1.  ,  1.  ],
               [ 0.  ,  0.75,  0.25, -0.25, -0.75],
               [ 0.  ,  0.  ,  0.  ,  0.  ,  0.  ]], dtype=float32)
    """
    xp = namespace(centres)
    if centres.dtype != xp.float64:
        centres = cast(centres, xp.float32)
    near = abs(centres) < OUTSIDE  # and not NaN
    drawn = (visible > 0.5) & near[..., 0] & near[..., 1]
    centres = xp.where(drawn[..., None], centres, -OUTSIDE)
    side = int(2 * radius) + 1  # of a window that holds the disk, px
    windowed = side <= min(size)
    if windowed:
        start = inner_start(xp.ceil(centres - radius), side, size)
    else:
        start, side = values_like(centres, (0, 0)), max(size)
    grid = start[..., None] + arange_like(centres, side)
    offset = (centres[..., None] - grid) / radius
    dx, dy = offset[..., 0, None, : size[0]], offset[..., 1, : size[1], None]
    label = dx * dx + dy * dy <= 1
    maps = xp.stack((label, label * dx, label * dy), -3)
    maps = cast(maps, xp.float32)
    if windowed:
        maps = paint_windows(maps, xp.stack((start, start, start), -2), size)
    return maps, visible


@numpy_on_cpu
def udp_offset_points(
    maps: Array,
    radius: float,
    label_kernel_size: int = 15,
    offset_kernel_size: int = 7,
    blur_outside_disk: bool = False,
) -> tuple[Array, Array]:
    """Peak of the blurred label plus the blurred offset there (UDP).

    The published code blurs the offsets as they are, reflected at the border. Its own
    targets are 0 outside the disk, so this moves a perfect prediction by up to 0.03 px,
    and by more than 1 px near the border. Unless `blur_outside_disk`, the blur is therefore
    a mean of where the pixels q of the map point, q + R F(q), weighted by the kernel and
    by their labels; it returns a drawn keypoint exactly, wherever it lies.

    Args:
        maps: (..., 3, H, W). Differentiable in the offsets and the scores.
        radius: R, heatmap px.
        label_kernel_size: Of the labels' blur (reflected at the border); 1 is none.
        offset_kernel_size: Of the offsets' blur.
        blur_outside_disk: Blur offsets as the published code does.

    Returns:
        Points (..., 2), heatmap px, and the blurred label's maximum (...).
    """
    maps = compute_float(maps)
    labels = maps[..., 0, :, :]
    peaks, scores = blurred_peaks(labels, label_kernel_size)
    if blur_outside_disk:
        return _by_offsets(maps, peaks, radius, offset_kernel_size), scores
    return _votes_near(maps, peaks, radius, offset_kernel_size), scores


@numpy_on_cpu
def disk_offset_points(logits: Array, radius: float) -> tuple[Array, Array]:
    """Most probable pixel plus its offset: the cheap way to read G-RMI's maps.

    Args:
        logits: (..., 3, H, W): logit of the label, offsets.
        radius: R, heatmap px.

    Returns:
        Points (..., 2), heatmap px, and the probabilities (...) of those pixels.
    """
    xp = namespace(logits)
    maps = compute_float(logits)
    peaks, scores = heatmap_peaks(maps[..., 0, :, :], above=-math.inf)
    return _by_offsets(maps, peaks, radius, 1), 1 / (1 + xp.exp(-scores))


def _by_offsets(maps: Array, points: Array, radius: float, kernel_size: int) -> Array:
    """Where the blurred offsets of maps (..., 3, H, W) at pixels (..., 2) point to."""
    offsets, each = maps[..., 1:, :, :], _repeated(points, 2)
    blurred = blurred_patches(offsets, each, 0, kernel_size, 'reflect')[..., 0, 0]
    return cast(points, blurred.dtype) + radius * blurred


def _votes_near(maps: Array, points: Array, radius: float, kernel_size: int) -> Array:
    """Mean (..., 2) of where the pixels round one pixel each point to, heatmap px."""
    start, windows = windows_around(maps, _repeated(points, 3), kernel_size // 2)
    start, label, offsets = start[..., 0, :], windows[..., 0, :, :], windows[..., 1:, :, :]
    pixel = points - start
    across, down = (
        rows_of(matrix_for(maps, length, kernel_size, 'zeros'), pixel[..., axis])
        for axis, length in enumerate(label.shape[:-3:-1])
    )
    weights = label.clip(TINY) * (down[..., :, None] * across[..., None, :])
    pixel, total = centroid(weights)
    offset = (flatten_maps(offsets) @ flatten_maps(weights)[..., None])[..., 0] / total[
        ..., None
    ]
    return cast(start, offset.dtype) + pixel + radius * offset


def _repeated(points: Array, count: int) -> Array:
    """Points (..., 2) as (..., count, 2)."""
    xp = namespace(points)
    return xp.broadcast_to(points[..., None, :], (*points.shape[:-1], count, 2))
