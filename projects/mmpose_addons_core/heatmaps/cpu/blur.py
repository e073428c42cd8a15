"""Blur of whole maps by a convolution, and of rows and patches by small matrix products.

Shape letters: `...` any leading shape, H x W a map, k the kernel's size, r a radius.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...arrays import compute_float
from ...formula import replaces
from .. import blur
from .windows import cut_windows, windows_around

CONVOLVE_FROM_MAPS = 256
"""Use a convolution for at least this many maps; for fewer its preparation takes longer."""


@replaces(blur.gaussian_blur, tolerance=1e-6)
def gaussian_blur(
    heatmaps: np.ndarray, kernel_size: int, border: str = 'reflect'
) -> np.ndarray:
    """Convolve many maps along y, with the columns as channels; multiply along x.

    The convolution takes a fifth of the matrix product's time. It spreads a NaN or infinity as
    far as the kernel reaches; the matrix product makes whole columns NaN.
    """
    maps = torch.from_numpy(compute_float(heatmaps))
    matrix = blur.matrix_for(maps, maps.shape[-1], kernel_size, border)
    return (_blur_down(maps, kernel_size, border) @ matrix.T).numpy()


def _blur_down(heatmaps: Tensor, kernel_size: int, border: str) -> Tensor:
    """Blur maps (..., H, W) along y."""
    height, width = heatmaps.shape[-2:]
    reach = kernel_size // 2
    many = heatmaps[..., 0, 0].numel() >= CONVOLVE_FROM_MAPS
    if not many or reach >= height:
        return blur.matrix_for(heatmaps, height, kernel_size, border) @ heatmaps
    maps = heatmaps.reshape(-1, 1, height, width)
    mode = 'reflect' if border == 'reflect' else 'constant'
    columns = F.pad(maps, (0, 0, reach, reach), mode=mode).permute(0, 3, 1, 2)
    kernel = torch.from_numpy(blur.gaussian_kernel(kernel_size)).to(heatmaps)
    blurred = F.conv2d(columns, kernel.expand(width, 1, 1, kernel_size), groups=width)
    return blurred.permute(0, 2, 3, 1).reshape(heatmaps.shape)


def blurred_patches(
    heatmaps: np.ndarray, points: np.ndarray, radius: int, kernel_size: int, border: str
) -> np.ndarray:
    """Cut patches (..., 2 r + 1, 2 r + 1), see the formula :func:`~..blur.blurred_patches`."""
    start, windows = windows_around(heatmaps, points, radius + kernel_size // 2)
    pixel = points - start  # in the window
    across, down = (
        _patch_matrix(windows, pixel[..., axis], axis, radius, kernel_size, border)
        for axis in range(2)
    )
    return down @ windows @ across


def blurred_rows(
    heatmaps: np.ndarray, row: np.ndarray, radius: int, kernel_size: int, border: str
) -> np.ndarray:
    """Return the rows (..., 2 r + 1, W) of the blurred maps around one row (...) of each.

    All must lie inside the map.
    """
    height, width = heatmaps.shape[-2:]
    count = min(2 * (radius + kernel_size // 2) + 1, height)
    start = (row - radius - kernel_size // 2).clip(0, height - count)
    windows = cut_windows(heatmaps, np.stack((0 * start, start), -1), (width, count))
    down = _patch_matrix(windows, row - start, 1, radius, kernel_size, border)
    # PyTorch multiplies here, because the threads of NumPy's large products would wait for
    # those of PyTorch.
    rows = torch.from_numpy(down @ windows)
    return (rows @ blur.matrix_for(rows, width, kernel_size, border).T).numpy()


def _patch_matrix(
    windows: np.ndarray,
    pixel: np.ndarray,
    axis: int,
    radius: int,
    kernel_size: int,
    border: str,
) -> Any:
    """Return the matrices that blur windows (..., h, w) for the pixels round one pixel (...).

    Returns:
        (..., w, 2 r + 1) for x, axis 0, and (..., 2 r + 1, h) for y, axis 1.
    """
    length = windows.shape[-1 - axis]
    matrices = blur.patch_matrices(windows, length, kernel_size, border, radius, axis)
    shape = (2 * radius + 1, length) if axis else (length, 2 * radius + 1)
    return matrices.take(pixel, 0).reshape(*pixel.shape, *shape)
