"""Coordinate grids: how a heatmap pixel lies in the network's input.

All sizes are (width, height), all coordinates (x, y) with the origin at the centre of
the first pixel.
"""

import numpy as np

Size = tuple[int, int]


def stride_grid(input_size: Size, heatmap_size: Size) -> np.ndarray:
    """Return input px per heatmap px where each heatmap pixel stands for w / W input px.

    This is the grid of Simple Baselines. Mirroring the input moves the mirrored map by
    (s - 1) / s heatmap px, with s the stride.

    Example:
        >>> stride_grid((192, 256), (48, 64))
        array([4., 4.])
    """
    return np.divide(input_size, heatmap_size)


def unit_length_grid(input_size: Size, heatmap_size: Size) -> np.ndarray:
    """Return input px per heatmap px where first and last pixel centres coincide.

    This is the grid of UDP (arXiv 1911.07524, section 3): lengths are measured between
    pixel centres, so mirroring the input mirrors the map exactly.

    Example:
        >>> unit_length_grid((193, 257), (49, 65))
        array([4., 4.])
    """
    return np.subtract(input_size, 1) / np.subtract(heatmap_size, 1)
