"""Gaussian blur as OpenCV does it, of whole maps or only of what is needed.

A blur is separable and linear, so it is two matrix products, B_y h B_x^T, where the
border's rule is folded into the matrices. Blurring only round a peak takes the rows of
B_y and B_x that belong to it and a window of the map.

Shape letters: `...` any leading shape, H x W a map, k the kernel's size, r a radius.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..arrays import Array, accepts_numpy, compute_float, constant_like, namespace, quick_on_cpu
from .windows import cut_windows, rows_of, windows_around

BORDERS = ('zeros', 'reflect')
CONVOLVE_FROM_MAPS = 256
"""Use a convolution for at least this many maps; for fewer its preparation takes longer."""

# OpenCV takes these and no Gaussian when no sigma is given.
_SMALL_KERNELS = {
    1: (1,),
    3: (1, 2),
    5: (1, 4, 6),
    7: (2, 7, 14, 18),
    9: (4, 13, 30, 51, 60),
}


@lru_cache
def gaussian_kernel(size: int) -> np.ndarray:
    """OpenCV's kernel (k,), float64, for a size without a sigma.

    Up to 9 a table, from there on a Gaussian of sigma 0.3 ((k - 1) / 2 - 1) + 0.8.

    Raises:
        ValueError: If the size is not odd and positive.

    Example:
        >>> gaussian_kernel(5)
        array([0.0625, 0.25  , 0.375 , 0.25  , 0.0625])
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(f'a blur kernel has an odd, positive size; got {size}')
    if size in _SMALL_KERNELS:
        half = np.array(_SMALL_KERNELS[size], dtype=np.float64)
        kernel = np.concatenate((half, half[-2::-1]))
    else:
        offset = np.arange(size) - size // 2
        kernel = np.exp(-(offset**2) / (2 * (0.15 * size + 0.35) ** 2))
    return kernel / kernel.sum()


def kernel_size_for(sigma: float) -> int:
    """The odd kernel size whose sigma by OpenCV's rule is nearest: 2 gives 11, 3 gives 17.

    Example:
        >>> kernel_size_for(2), kernel_size_for(3), kernel_size_for(1.5)
        (11, 17, 7)
    """
    return max(1, 2 * round((sigma - 0.35) / 0.3 - 0.5) + 1)


@lru_cache
def blur_matrix(length: int, kernel_size: int, border: str) -> np.ndarray:
    """The matrix (length, length), float64, that blurs a vector.

    Args:
        length: Of the vector, px.
        kernel_size: k, odd.
        border: ``'zeros'`` outside, or ``'reflect'`` about the border pixels' centres
            (OpenCV's default).

    Raises:
        ValueError: If the size is not odd and positive or the border not known.

    Example:
        >>> blur_matrix(3, 3, 'reflect')
        array([[0.5 , 0.5 , 0.  ],
               [0.25, 0.5 , 0.25],
               [0.  , 0.5 , 0.5 ]])
    """
    if border not in BORDERS:
        raise ValueError(f'border must be one of {BORDERS}, got {border!r}')
    kernel = gaussian_kernel(kernel_size)
    row, tap = np.mgrid[:length, :kernel_size]
    column = row + tap - kernel_size // 2
    inside = (column >= 0) & (column < length)
    if border == 'reflect':
        column = column % max(1, 2 * (length - 1))
        column = np.where(column < length, column, 2 * (length - 1) - column)
        inside[:] = True
    matrix = np.zeros((length, length))
    np.add.at(matrix, (row[inside], column[inside]), kernel[tap[inside]])
    return matrix


matrix_for = constant_like(blur_matrix)
"""The blur's matrix as an array like a given one."""


@constant_like
def patch_matrices(
    length: int, kernel_size: int, border: str, radius: int, axis: int
) -> np.ndarray:
    """For each pixel of a vector the matrix that blurs it for the pixels round that one.

    Returns:
        (length, length (2 r + 1)), matrices (length, 2 r + 1) for x, axis 0, and their
        transposes for y. Outside the vector the nearest pixel's blurred value counts.
    """
    around = np.arange(length)[:, None] + np.arange(-radius, radius + 1)
    matrices = blur_matrix(length, kernel_size, border)[around.clip(0, length - 1)]
    return (matrices if axis else matrices.swapaxes(1, 2)).reshape(length, -1)


@accepts_numpy
def gaussian_blur(heatmaps: Tensor, kernel_size: int, border: str = 'reflect') -> Tensor:
    """Blur whole maps (..., H, W).

    Raises:
        ValueError: If the size is not odd and positive or the border not known.

    Example:
        >>> gaussian_blur(torch.eye(3), 3)
        tensor([[0.5000, 0.3750, 0.2500],
                [0.3750, 0.3750, 0.3750],
                [0.2500, 0.3750, 0.5000]])
    """
    heatmaps = compute_float(heatmaps)
    return blur_across(blur_down(heatmaps, kernel_size, border), kernel_size, border)


@accepts_numpy
def blur_across(heatmaps: Any, kernel_size: int, border: str) -> Any:
    """Blur maps (..., H, W) along x."""
    matrix = matrix_for(heatmaps, heatmaps.shape[-1], kernel_size, border)
    return heatmaps @ matrix.T


def blur_down(heatmaps: Tensor, kernel_size: int, border: str) -> Tensor:
    """Blur maps (..., H, W) along y.

    Many maps on a CPU are convolved along y with the columns as channels, for which they
    lie in memory just right; that takes a fifth of the matrix product's time.
    """
    height, width = heatmaps.shape[-2:]
    reach = kernel_size // 2
    many = heatmaps[..., 0, 0].numel() >= CONVOLVE_FROM_MAPS
    if not (many and quick_on_cpu(heatmaps) and reach < height):
        return matrix_for(heatmaps, height, kernel_size, border) @ heatmaps
    maps = heatmaps.reshape(-1, 1, height, width)
    mode = 'reflect' if border == 'reflect' else 'constant'
    columns = F.pad(maps, (0, 0, reach, reach), mode=mode).permute(0, 3, 1, 2)
    kernel = torch.from_numpy(gaussian_kernel(kernel_size)).to(heatmaps)
    blurred = F.conv2d(columns, kernel.expand(width, 1, 1, kernel_size), groups=width)
    return blurred.permute(0, 2, 3, 1).reshape(heatmaps.shape)


def blurred_patches(
    heatmaps: Array, points: Array, radius: int, kernel_size: int, border: str
) -> Array:
    """The blurred maps' values round one pixel each.

    Only a window of radius r + k // 2 is read. Patch pixels outside the map take the
    blurred value of the nearest pixel inside.

    Args:
        heatmaps: (..., H, W), float32 or float64. Differentiable.
        points: (..., 2), int64, heatmap px, inside the map.
        radius: r, heatmap px.
        kernel_size: k, odd.
        border: As in :func:`blur_matrix`.

    Returns:
        Patches (..., 2 r + 1, 2 r + 1).
    """
    # The window reaches the map's border wherever the blur does, so blurring it as if it
    # were a map gives the map's blurred values.
    start, windows = windows_around(heatmaps, points, radius + kernel_size // 2)
    pixel = points - start  # in the window
    across, down = (
        patch_matrix(windows, pixel[..., axis], axis, radius, kernel_size, border)
        for axis in range(2)
    )
    return down @ windows @ across


def blurred_rows(
    heatmaps: Array, row: Array, radius: int, kernel_size: int, border: str
) -> Array:
    """Rows (..., 2 r + 1, W) of the blurred maps round one row (...) of each.

    All must lie inside the map; otherwise as :func:`blurred_patches`.
    """
    xp = namespace(row)
    height, width = heatmaps.shape[-2:]
    count = min(2 * (radius + kernel_size // 2) + 1, height)
    start = (row - radius - kernel_size // 2).clip(0, height - count)
    windows = cut_windows(heatmaps, xp.stack((0 * start, start), -1), (width, count))
    down = patch_matrix(windows, row - start, 1, radius, kernel_size, border)
    return blur_across(down @ windows, kernel_size, border)


def patch_matrix(
    windows: Array, pixel: Array, axis: int, radius: int, kernel_size: int, border: str
) -> Array:
    """What blurs windows (..., h, w) for the pixels round one pixel (...) of an axis.

    Returns:
        (..., w, 2 r + 1) for x, axis 0, and (..., 2 r + 1, h) for y, axis 1.
    """
    length = windows.shape[-1 - axis]
    matrices = patch_matrices(windows, length, kernel_size, border, radius, axis)
    shape = (2 * radius + 1, length) if axis else (length, 2 * radius + 1)
    return rows_of(matrices, pixel).reshape(*pixel.shape, *shape)
