"""Disks with offsets: G-RMI (arXiv 1701.01779) and UDP's combined target (1911.07524).

Every keypoint has three maps: the label, 1 inside the disk of radius R round the
keypoint, and inside it the offsets (l - x) / R to the keypoint l, in x and in y.

Shape letters: `...` any leading shape, H x W a map. Sizes are (W, H); coordinates and R
are heatmap px, (x, y).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ..arrays import arange_like, compute_float, widened
from ..formula import formula
from .blur import blurred_patches, matrix_for
from .centroid import centroid
from .peaks import blurred_peaks, heatmap_peaks
from .windows import windows_around

OUTSIDE = 1e6
"""A distance from the map that no disk spans, heatmap px."""
TINY = 1e-30
"""Least weight of a pixel, so that the weights' sum is not 0."""


@formula
def disk_offset_maps(
    centres: Tensor, visible: Tensor, size: tuple[int, int], radius: float
) -> tuple[Tensor, Tensor]:
    """Draw label and offsets of every visible keypoint.

    As in UDP's code, a keypoint keeps its weight where its disk does not touch the map.

    Args:
        centres: (..., 2), heatmap px.
        visible: (...), weights; maps are drawn where they exceed 0.5.
        size: (W, H).
        radius: R, heatmap px.

    Returns:
        Maps (..., 3, H, W), float32, and the given weights, half types as float32.

    Example:
        >>> import numpy as np
        >>> maps, _ = disk_offset_maps(
        ...     np.array([2.5, 0.0]), np.array(1.0), size=(5, 1), radius=2.0)
        >>> maps[:, 0]
        array([[ 0.  ,  1.  ,  1.  ,  1.  ,  1.  ],
               [ 0.  ,  0.75,  0.25, -0.25, -0.75],
               [ 0.  ,  0.  ,  0.  ,  0.  ,  0.  ]], dtype=float32)
    """
    width, height = size
    centres = compute_float(centres).nan_to_num(OUTSIDE, OUTSIDE, -OUTSIDE)
    offset = (centres[..., None] - arange_like(centres, max(size))) / radius
    dx, dy = offset[..., 0, None, :width], offset[..., 1, :height, None]
    inside = (dx * dx + dy * dy <= 1) & (visible > 0.5)[..., None, None]
    maps = torch.stack((inside.to(dx.dtype), inside * dx, inside * dy), -3)
    return maps.float(), widened(visible)


@formula
def udp_offset_points(
    maps: Tensor,
    radius: float,
    label_kernel_size: int = 15,
    offset_kernel_size: int = 7,
    blur_outside_disk: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return the peak of the blurred label plus the blurred offset there (UDP).

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
    peaks, scores = blurred_peaks(maps[..., 0, :, :], label_kernel_size)
    if blur_outside_disk:
        return _point_by_offset(maps, peaks, radius, offset_kernel_size), scores
    return _point_by_mean(maps, peaks, radius, offset_kernel_size), scores


@formula
def disk_offset_points(logits: Tensor, radius: float) -> tuple[Tensor, Tensor]:
    """Return the most probable pixel plus its offset: cheaper than :mod:`.hough`.

    Args:
        logits: (..., 3, H, W): logit of the label, offsets.
        radius: R, heatmap px.

    Returns:
        Points (..., 2), heatmap px, and the probabilities (...) of those pixels.
    """
    maps = compute_float(logits)
    peaks, scores = heatmap_peaks(maps[..., 0, :, :], above=-math.inf)
    return _point_by_offset(maps, peaks, radius, 1), 1 / (1 + torch.exp(-scores))


def _point_by_offset(maps: Tensor, peaks: Tensor, radius: float, kernel_size: int) -> Tensor:
    """Return points (..., 2), heatmap px: pixels (..., 2) plus the blurred offsets there."""
    both = peaks[..., None, :].expand(*peaks.shape[:-1], 2, 2)
    blurred = blurred_patches(maps[..., 1:, :, :], both, 0, kernel_size, 'reflect')[..., 0, 0]
    return peaks.to(blurred.dtype) + radius * blurred


def _point_by_mean(maps: Tensor, peaks: Tensor, radius: float, kernel_size: int) -> Tensor:
    """Return points (..., 2), heatmap px: the mean of where pixels around a peak point."""
    all_maps = peaks[..., None, :].expand(*peaks.shape[:-1], 3, 2)
    start, windows = windows_around(maps, all_maps, kernel_size // 2)
    start, label, offsets = start[..., 0, :], windows[..., 0, :, :], windows[..., 1:, :, :]
    pixel = peaks - start
    across, down = (
        F.embedding(pixel[..., axis], matrix_for(maps, length, kernel_size, 'zeros'))
        for axis, length in enumerate(label.shape[:-3:-1])
    )
    weights = label.clip(TINY) * (down[..., :, None] * across[..., None, :])
    pixel, total = centroid(weights)
    offset = (offsets.flatten(-2) @ weights.flatten(-2)[..., None])[..., 0] / total[..., None]
    return start.to(offset.dtype) + pixel + radius * offset
