"""Coordinates as OpenCV's drawing functions take them: integers of 32 bits."""

import numpy as np

FARTHEST = 1e6
"""Points are drawn at most this far from the origin, px; no image reaches there."""


def pixel_points(points: np.ndarray, fraction: int = 0) -> np.ndarray:
    """Round points (..., 2), image px; those far away, or NaN, lie beyond every image.

    Args:
        points: Any numbers.
        fraction: Bits of a fixed-point fraction that the result has, OpenCV's ``shift``.

    >>> pixel_points(np.array([[1.26, 1e15], [np.nan, 2]]), 2).tolist()
    [[5, 4000000], [-4000000, 8]]
    """
    near = np.clip(np.asarray(points, float), -FARTHEST, FARTHEST)
    return np.round(np.nan_to_num(near, nan=-FARTHEST) * 2**fraction).astype(int)
