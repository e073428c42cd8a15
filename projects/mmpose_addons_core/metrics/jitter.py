"""Jitter: how much landmarks move between slightly different crops of the same face.

Shape letters: V views, N faces, K landmarks. Coordinates are (x, y) in image px.
"""

import numpy as np


def landmark_jitter(views: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Root mean square distance of each landmark from its mean over the views.

    Args:
        views: (V, N, K, 2), predictions for V crops of the same faces.
        length: (N,), px; distances are divided by it.

    Returns:
        (N, K), 0 for landmarks that do not move.

    Example:
        >>> views = np.array([[[[1.0, 5.0], [3.0, 3.0]]], [[[5.0, 5.0], [3.0, 3.0]]]])
        >>> landmark_jitter(views, np.array([10.0]))
        array([[0.2, 0. ]])
    """
    squares = np.square(views - views.mean(0)).sum(-1)
    return np.sqrt(squares.mean(0)) / length[:, None]
