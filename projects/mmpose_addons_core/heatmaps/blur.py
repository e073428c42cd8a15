"""Gaussian blur as OpenCV does it, of whole maps or only of what is needed.

A blur is separable and linear, so it is two matrix products, B_y h B_x^T; the matrices
contain the rule for the border. To blur only round a peak, take the rows of B_y and B_x that
belong to it and a window of the map.

Shape letters: `...` any leading shape, H x W a map, k the kernel's size, r a radius.
"""

from functools import lru_cache

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from ..arrays import cached_constant, compute_float
from ..formula import formula
from .windows import windows_around

BORDERS = ('zeros', 'reflect')

# Without a sigma, OpenCV uses these kernels instead of a Gaussian.
_SMALL_KERNELS = {
    1: (1,),
    3: (1, 2),
    5: (1, 4, 6),
    7: (2, 7, 14, 18),
    9: (4, 13, 30, 51, 60),
}


@lru_cache
def gaussian_kernel(size: int) -> np.ndarray:
    """Return OpenCV's kernel (k,), float64, for a size without a sigma.

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
    """Return the odd kernel size nearest to a sigma by OpenCV's rule: 2: 11, 3: 17.

    Example:
        >>> kernel_size_for(2), kernel_size_for(3), kernel_size_for(1.5)
        (11, 17, 7)
    """
    return max(1, 2 * round((sigma - 0.35) / 0.3 - 0.5) + 1)


@lru_cache
def blur_matrix(length: int, kernel_size: int, border: str) -> np.ndarray:
    """Return the matrix (length, length), float64, that blurs a vector.

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


matrix_for = cached_constant(blur_matrix)
"""The blur's matrix as an array like a given one."""


@cached_constant
def patch_matrices(
    length: int, kernel_size: int, border: str, radius: int, axis: int
) -> np.ndarray:
    """Return, for each pixel of a vector, the matrix that blurs the vector around it.

    Outside the vector the blurred value of the nearest pixel counts.

    Args:
        length, kernel_size, border: As in :func:`blur_matrix`.
        radius: r, px.
        axis: 0 for matrices (length, 2 r + 1), 1 for their transposes.

    Returns:
        (length, length (2 r + 1)).
    """
    around = np.arange(length)[:, None] + np.arange(-radius, radius + 1)
    matrices = blur_matrix(length, kernel_size, border)[around.clip(0, length - 1)]
    return (matrices if axis else matrices.swapaxes(1, 2)).reshape(length, -1)


@formula
def gaussian_blur(heatmaps: Tensor, kernel_size: int, border: str = 'reflect') -> Tensor:
    """Blur whole maps (..., H, W).

    Args:
        heatmaps: (..., H, W). Differentiable.
        kernel_size, border: As in :func:`blur_matrix`.

    Raises:
        ValueError: If the size is not odd and positive or the border not known.

    Example:
        >>> import torch
        >>> gaussian_blur(torch.eye(3), 3)
        tensor([[0.5000, 0.3750, 0.2500],
                [0.3750, 0.3750, 0.3750],
                [0.2500, 0.3750, 0.5000]])
    """
    heatmaps = compute_float(heatmaps)
    height, width = heatmaps.shape[-2:]
    down = matrix_for(heatmaps, height, kernel_size, border)
    across = matrix_for(heatmaps, width, kernel_size, border)
    return down @ heatmaps @ across.T


def blurred_patches(
    heatmaps: Tensor, points: Tensor, radius: int, kernel_size: int, border: str
) -> Tensor:
    """Cut the blurred maps' values round one pixel each.

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
    side = 2 * radius + 1
    height, width = windows.shape[-2:]
    by_column = patch_matrices(windows, width, kernel_size, border, radius, 0)
    by_row = patch_matrices(windows, height, kernel_size, border, radius, 1)
    across = F.embedding(pixel[..., 0], by_column).reshape(*pixel.shape[:-1], width, side)
    down = F.embedding(pixel[..., 1], by_row).reshape(*pixel.shape[:-1], side, height)
    return down @ windows @ across
