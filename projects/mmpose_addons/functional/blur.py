"""Gaussian blur as OpenCV does it, of whole maps or only of what is needed.

A blur is separable and linear, so it is two matrix products, B_y h B_x^T, where the
border's rule is folded into the matrices. Blurring only round a peak takes the rows of
B_y and B_x that belong to it and a window of the map.

Shape letters: `...` any leading shape, H x W a map, k the kernel's size, r a radius.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .arrays import (
    accepts_numpy,
    arange_like,
    cached_tensor,
    compute_float,
    quick_on_cpu,
)
from .windows import windows_round

BORDERS = ('zeros', 'reflect')
CONVOLVED = 256
"""From so many maps on a convolution is worth its preparation, once for each number."""

# OpenCV takes these and no Gaussian when no sigma is given.
_SMALL_KERNELS = {
    1: (1,),
    3: (1, 2),
    5: (1, 4, 6),
    7: (2, 7, 14, 18),
    9: (4, 13, 30, 51, 60),
}


@cached_tensor
def gaussian_kernel(size: int) -> Tensor:
    """OpenCV's kernel (k,), float64, for a size without a sigma.

    Up to 9 a table, from there on a Gaussian of sigma 0.3 ((k - 1) / 2 - 1) + 0.8.

    Raises:
        ValueError: If the size is not odd and positive.

    Example:
        >>> gaussian_kernel(5)
        tensor([0.0625, 0.2500, 0.3750, 0.2500, 0.0625], dtype=torch.float64)
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(f'a blur kernel has an odd, positive size; got {size}')
    if size in _SMALL_KERNELS:
        half = torch.tensor(_SMALL_KERNELS[size], dtype=torch.float64)
        kernel = torch.cat((half, half[:-1].flip(0)))
    else:
        offset = torch.arange(size, dtype=torch.float64) - size // 2
        kernel = torch.exp(-(offset**2) / (2 * (0.15 * size + 0.35) ** 2))
    return kernel / kernel.sum()


def kernel_size_for(sigma: float) -> int:
    """The odd kernel size whose sigma by OpenCV's rule is nearest: 2 gives 11, 3 gives 17.

    Example:
        >>> kernel_size_for(2), kernel_size_for(3), kernel_size_for(1.5)
        (11, 17, 7)
    """
    return max(1, 2 * round((sigma - 0.35) / 0.3 - 0.5) + 1)


@cached_tensor
def blur_matrix(
    length: int,
    kernel_size: int,
    border: str,
    dtype: torch.dtype = torch.float64,
    device: torch.device | str = 'cpu',
) -> Tensor:
    """The matrix (length, length) that blurs a vector.

    Args:
        length: Of the vector, px.
        kernel_size: k, odd.
        border: ``'zeros'`` outside, or ``'reflect'`` about the border pixels' centres
            (OpenCV's default).
        dtype, device: Of the matrix.

    Raises:
        ValueError: If the size is not odd and positive or the border not known.

    Example:
        >>> blur_matrix(3, 3, 'reflect')
        tensor([[0.5000, 0.5000, 0.0000],
                [0.2500, 0.5000, 0.2500],
                [0.0000, 0.5000, 0.5000]], dtype=torch.float64)
    """
    if border not in BORDERS:
        raise ValueError(f'border must be one of {BORDERS}, got {border!r}')
    kernel = gaussian_kernel(kernel_size)
    row = torch.arange(length)[:, None].expand(length, kernel_size)
    column = row + torch.arange(kernel_size) - kernel_size // 2
    inside = (column >= 0) & (column < length)
    if border == 'reflect':
        period = max(1, 2 * (length - 1))
        column = column % period
        column = torch.where(column < length, column, period - column)
        inside = torch.ones_like(inside)
    matrix = torch.zeros(length, length, dtype=torch.float64)
    weights = kernel.expand(length, kernel_size)[inside]
    matrix.index_put_((row[inside], column[inside]), weights, accumulate=True)
    return matrix.to(device, dtype)


def matrix_for(heatmaps: Tensor, length: int, kernel_size: int, border: str) -> Tensor:
    """The blur's matrix in the maps' type and on their device."""
    return blur_matrix(length, kernel_size, border, heatmaps.dtype, heatmaps.device)


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


def blur_across(heatmaps: Tensor, kernel_size: int, border: str) -> Tensor:
    """Blur maps (..., H, W) along x."""
    matrix = matrix_for(heatmaps, heatmaps.shape[-1], kernel_size, border)
    return heatmaps @ matrix.transpose(-1, -2)


def blur_down(heatmaps: Tensor, kernel_size: int, border: str) -> Tensor:
    """Blur maps (..., H, W) along y.

    Many maps on a CPU are convolved along y with the columns as channels, for which they
    lie in memory just right; that takes a fifth of the matrix product's time.
    """
    height, width = heatmaps.shape[-2:]
    reach = kernel_size // 2
    many = heatmaps[..., 0, 0].numel() >= CONVOLVED
    if not (many and quick_on_cpu(heatmaps) and reach < height):
        return matrix_for(heatmaps, height, kernel_size, border) @ heatmaps
    maps = heatmaps.reshape(-1, 1, height, width)
    mode = 'reflect' if border == 'reflect' else 'constant'
    columns = F.pad(maps, (0, 0, reach, reach), mode=mode).permute(0, 3, 1, 2)
    kernel = gaussian_kernel(kernel_size).to(heatmaps).expand(width, 1, 1, kernel_size)
    blurred = F.conv2d(columns, kernel, groups=width)
    return blurred.permute(0, 2, 3, 1).reshape(heatmaps.shape)


def blurred_patches(
    heatmaps: Tensor, points: Tensor, radius: int, kernel_size: int, border: str
) -> Tensor:
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
    start, windows = windows_round(heatmaps, points, radius + kernel_size // 2)
    around = arange_like(points, 2 * radius + 1)
    index = (points - start - radius)[..., None] + around  # in the window, px
    across, down = (
        # The window reaches the map's border wherever the blur does, so blurring it as
        # if it were a map gives the map's blurred values.
        F.embedding(
            index[..., axis, :].clamp(0, length - 1),
            matrix_for(heatmaps, length, kernel_size, border),
        )
        for axis, length in enumerate(windows.shape[:-3:-1])
    )
    return _product(_product(down, windows), across.transpose(-1, -2))


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Matrix products, many and small: NumPy's are two to four times as fast on a CPU."""
    if quick_on_cpu(left) and not (left.requires_grad or right.requires_grad):
        return torch.from_numpy(left.numpy() @ right.numpy())
    return left @ right
