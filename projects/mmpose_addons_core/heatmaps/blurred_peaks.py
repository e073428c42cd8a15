"""Peaks of blurred maps, without blurring more than needed.

Shape letters: `...` any leading shape, H x W a map, S strips of its rows. Coordinates are
heatmap px, (x, y), origin at the centre of the first pixel.
"""

from math import gcd

import numpy as np
import torch
from torch import Tensor

from ..arrays import Array, constant_like, matmul_constant, numpy_on_cpu, values_like
from .blur import blur_matrix, blurred_rows, gaussian_blur
from .peaks import heatmap_peaks

STRIP = 4
"""Rows that share one bound, heatmap px."""
REACH = 5
"""So many rows above and below the row of the highest bound are blurred, heatmap px."""


@numpy_on_cpu
def blurred_peaks(heatmaps: Array, kernel_size: int) -> tuple[Array, Array]:
    """What :func:`heatmap_peaks` finds in the maps blurred with reflection.

    The blur is a mean, so the blurred map is nowhere higher than the blur along y of the
    maxima of the map's rows. On a CPU only the rows round the highest of these bounds are
    blurred, and the whole map only where another row could hold a higher value.

    Args:
        heatmaps: (..., H, W), float32 or float64. The values are differentiable.
        kernel_size: k, odd.

    Returns:
        Peaks (..., 2), int64, in heatmap px, and their values (...).
    """
    if isinstance(heatmaps, Tensor):
        return heatmap_peaks(gaussian_blur(heatmaps, kernel_size))
    peaks, values, certain = _peaks_in_rows(heatmaps, kernel_size)
    if not certain.all():
        rest = ~certain
        peaks[rest], values[rest] = heatmap_peaks(gaussian_blur(heatmaps[rest], kernel_size))
    return peaks, values


def _peaks_in_rows(
    heatmaps: np.ndarray, kernel_size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Peaks and values in the best rows, and where no other row can hold a higher one."""
    height = heatmaps.shape[-2]
    strip, reach = gcd(height, STRIP), min(REACH, (height - 1) // 2)
    # Some rows side by side: torch is fast only on long ones.
    strips = torch.from_numpy(heatmaps).unflatten(-2, (-1, strip)).flatten(-2)
    maxima = strips.amax(-1).numpy()  # (..., S)
    bounds = matmul_constant(maxima, strip_bounds, height, strip, kernel_size)  # (..., H)
    row = bounds.argmax(-1).clip(reach, height - 1 - reach)
    blurred = blurred_rows(heatmaps, row, reach, kernel_size, 'reflect')
    near, values = heatmap_peaks(blurred)
    others = abs(values_like(row, range(height)) - row[..., None]) > reach
    certain = ((bounds < values[..., None]) | ~others).all(-1)
    peaks = np.stack((near[..., 0], near[..., 1] + (row - reach) * (values > 0)), -1)
    return peaks, np.asarray(values), np.asarray(certain)


@constant_like
def strip_bounds(height: int, strip: int, kernel_size: int) -> np.ndarray:
    """The matrix (S, H) that makes bounds of the blurred rows from the strips' maxima."""
    matrix = blur_matrix(height, kernel_size, 'reflect')
    return matrix.reshape(height, -1, strip).sum(-1).T
