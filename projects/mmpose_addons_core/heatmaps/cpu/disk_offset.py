"""Disks with offsets in NumPy: drawn in a window, decoded from a window.

Shape letters: `...` any leading shape, H x W a map. Sizes are (W, H); coordinates and R
are heatmap px, (x, y).
"""

import math

import numpy as np
import torch

from ...arrays import arange_like, compute_float, values_like
from ...formula import replaces
from .. import disk_offset
from ..blur import matrix_for
from ..centroid import centroid
from .blur import blurred_patches
from .peaks import blurred_peaks, heatmap_peaks
from .windows import flatten_maps, inner_start, paint_windows, windows_around


@replaces(disk_offset.disk_offset_maps, tolerance=0)
def disk_offset_maps(
    centres: np.ndarray, visible: np.ndarray, size: tuple[int, int], radius: float
) -> tuple[np.ndarray, np.ndarray]:
    """Compute each disk in a window and paint it into the maps."""
    centres = compute_float(centres)
    near = abs(centres) < disk_offset.OUTSIDE  # and not NaN
    drawn = (visible > 0.5) & near[..., 0] & near[..., 1]
    centres = np.where(drawn[..., None], centres, -disk_offset.OUTSIDE)
    side = int(2 * radius) + 1  # of a window that holds the disk, px
    windowed = side <= min(size)
    if windowed:
        start = inner_start(np.ceil(centres - radius), side, size)
    else:
        start, side = values_like(centres, (0, 0)), max(size)
    grid = start[..., None] + arange_like(centres, side)
    offset = (centres[..., None] - grid) / radius
    dx, dy = offset[..., 0, None, : size[0]], offset[..., 1, : size[1], None]
    label = dx * dx + dy * dy <= 1
    maps = np.stack((label, label * dx, label * dy), -3).astype(np.float32, copy=False)
    if windowed:
        maps = paint_windows(maps, np.stack((start, start, start), -2), size)
    return maps, visible


@replaces(disk_offset.udp_offset_points, tolerance=1e-4)
def udp_offset_points(
    maps: np.ndarray,
    radius: float,
    label_kernel_size: int = 15,
    offset_kernel_size: int = 7,
    blur_outside_disk: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Blur only the rows of the label, and the window of the offsets, that matter.

    Of label maxima that differ by rounding only, the formula can find another one.
    """
    maps = compute_float(maps)
    peaks, scores = blurred_peaks(maps[..., 0, :, :], label_kernel_size)
    if blur_outside_disk:
        return _point_by_offset(maps, peaks, radius, offset_kernel_size), scores
    return _point_by_mean(maps, peaks, radius, offset_kernel_size), scores


@replaces(disk_offset.disk_offset_points, tolerance=1e-5)
def disk_offset_points(logits: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Read the offsets of one pixel by NumPy."""
    maps = compute_float(logits)
    peaks, scores = heatmap_peaks(maps[..., 0, :, :], above=-math.inf)
    return _point_by_offset(maps, peaks, radius, 1), 1 / (1 + np.exp(-scores))


def _point_by_offset(
    maps: np.ndarray, peaks: np.ndarray, radius: float, kernel_size: int
) -> np.ndarray:
    offsets, both = maps[..., 1:, :, :], _repeated(peaks, 2)
    blurred = blurred_patches(offsets, both, 0, kernel_size, 'reflect')[..., 0, 0]
    return peaks.astype(blurred.dtype) + radius * blurred


def _point_by_mean(
    maps: np.ndarray, peaks: np.ndarray, radius: float, kernel_size: int
) -> np.ndarray:
    start, windows = windows_around(maps, _repeated(peaks, 3), kernel_size // 2)
    start, label, offsets = start[..., 0, :], windows[..., 0, :, :], windows[..., 1:, :, :]
    pixel = peaks - start
    across, down = (
        matrix_for(maps, length, kernel_size, 'zeros').take(pixel[..., axis], 0)
        for axis, length in enumerate(label.shape[:-3:-1])
    )
    weights = label.clip(disk_offset.TINY) * (down[..., :, None] * across[..., None, :])
    pixel, total = (part.numpy() for part in centroid(torch.from_numpy(weights)))
    flat_weights = flatten_maps(weights)[..., None]
    offset = (flatten_maps(offsets) @ flat_weights)[..., 0] / total[..., None]
    return start.astype(offset.dtype) + pixel + radius * offset


def _repeated(points: np.ndarray, count: int) -> np.ndarray:
    """Repeat points (..., 2) as (..., count, 2)."""
    return np.broadcast_to(points[..., None, :], (*points.shape[:-1], count, 2))
