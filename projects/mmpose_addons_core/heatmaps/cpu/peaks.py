"""Peaks of maps, and of blurred maps without blurring more than needed.

Shape letters: `...` any leading shape, H x W a map, S strips of its rows. Coordinates are
heatmap px, (x, y), origin at the centre of the first pixel.
"""

from math import gcd

import numpy as np
import torch

from ...arrays import cached_constant, compute_float, values_like
from ...formula import replaces
from .. import peaks
from ..blur import blur_matrix
from .blur import blurred_rows, gaussian_blur
from .windows import flatten_maps, take_last

ROWS_PER_STRIP = 4
"""Rows that share one upper bound, heatmap px."""
REACH = 5
"""Blur this many rows above and below the row of the highest bound, heatmap px."""


@replaces(peaks.heatmap_peaks, tolerance=0)
def heatmap_peaks(heatmaps: np.ndarray, above: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Find the maxima by NumPy."""
    pixels = flatten_maps(compute_float(heatmaps))
    index = pixels.argmax(-1)
    value = take_last(pixels, index)
    index = index * (value > above)
    y = index // heatmaps.shape[-1]
    return np.stack((index - y * heatmaps.shape[-1], y), -1), value


@replaces(peaks.quarter_shift, tolerance=0)
def quarter_shift(heatmaps: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Compare the neighbours by NumPy.

    Beside a NaN, the point becomes NaN. The formula leaves the point where it is, because
    PyTorch's sign of NaN is 0.
    """
    height, width = heatmaps.shape[-2:]
    pixel = points
    if points.dtype != np.int64:
        pixel = np.nan_to_num(np.floor(points + 0.5)).astype(np.int64)
    points = compute_float(points)
    if min(height, width) < 4:
        return points
    x, y = pixel[..., 0], pixel[..., 1]
    inside = (x > 1) & (y > 1) & (x < width - 1) & (y < height - 1)
    # Elsewhere, read a pixel whose neighbours lie inside the map; the result is not used.
    index = np.where(inside, y * width + x, width + 1)
    pixels = flatten_maps(heatmaps)
    after, before = (
        [compute_float(take_last(pixels, index + side * step)) for step in (1, width)]
        for side in (1, -1)
    )
    towards = np.sign(np.stack(after, -1) - np.stack(before, -1))
    return points + 0.25 * towards * inside[..., None]


@replaces(peaks.blurred_peaks, tolerance=1e-6)
def blurred_peaks(heatmaps: np.ndarray, kernel_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Blur only the rows that can hold the maximum.

    The blur is a mean, so the blurred map is nowhere higher than the blur along y of the
    maxima of the map's rows. Only the rows round the highest of these bounds are blurred, and
    the whole map only where another row could hold a higher value. Of maxima that differ by
    rounding only, the formula can find another one.
    """
    heatmaps = compute_float(heatmaps)
    points, values, certain = peaks_in_rows(heatmaps, kernel_size)
    if not certain.all():
        rest = ~certain
        points[rest], values[rest] = heatmap_peaks(gaussian_blur(heatmaps[rest], kernel_size))
    return points, values


def peaks_in_rows(
    heatmaps: np.ndarray, kernel_size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find peaks and values in the best rows, and where no other row can hold a higher one."""
    height = heatmaps.shape[-2]
    strip, reach = gcd(height, ROWS_PER_STRIP), min(REACH, (height - 1) // 2)
    # The maximum of several rows at once: PyTorch is fast only on long ones.
    strips = torch.from_numpy(heatmaps).unflatten(-2, (-1, strip)).flatten(-2)
    maxima = strips.amax(-1)  # (..., S)
    bounds = (maxima @ strip_bounds(maxima, height, strip, kernel_size)).numpy()  # (..., H)
    row = bounds.argmax(-1).clip(reach, height - 1 - reach)
    blurred = blurred_rows(heatmaps, row, reach, kernel_size, 'reflect')
    near, values = heatmap_peaks(blurred)
    others = abs(values_like(row, range(height)) - row[..., None]) > reach
    certain = ((bounds < values[..., None]) | ~others).all(-1)
    points = np.stack((near[..., 0], near[..., 1] + (row - reach) * (values > 0)), -1)
    return points, np.asarray(values), np.asarray(certain)


@cached_constant
def strip_bounds(height: int, strip: int, kernel_size: int) -> np.ndarray:
    """Return the matrix (S, H) that bounds the blurred rows by the strips' maxima."""
    matrix = blur_matrix(height, kernel_size, 'reflect')
    return matrix.reshape(height, -1, strip).sum(-1).T


def values_at(heatmaps: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Map values (...) at pixels (..., 2); outside, the nearest pixel inside counts."""
    height, width = heatmaps.shape[-2:]
    x, y = points[..., 0].clip(0, width - 1), points[..., 1].clip(0, height - 1)
    return take_last(flatten_maps(heatmaps), y * width + x)
