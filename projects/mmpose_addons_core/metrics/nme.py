"""Normalised mean error (NME) of landmarks and the lengths it is normalised by.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence

import numpy as np

from .distances import normalised_distances


def face_errors(
    predicted: np.ndarray, truth: np.ndarray, visible: np.ndarray, length: np.ndarray
) -> np.ndarray:
    """Return each face's mean distance of visible landmarks as a share of its length.

    Args:
        predicted: (N, K, 2).
        truth: (N, K, 2).
        visible: (N, K), bool.
        length: (N,), px.

    Returns:
        (N,). Infinite where a visible landmark's prediction is not finite. NaN where the face
        has no error: no landmark is visible, a visible landmark's truth is not finite, or
        the length is not a positive number.

    Example:
        >>> truth = np.array([[[0.0, 0.0], [10.0, 0.0]]])
        >>> face_errors(truth + (0, 1), truth, np.array([[True, True]]), np.array([10.0]))
        array([0.1])
    """
    judged = visible.any(-1) & ~(visible & ~np.isfinite(truth).all(-1)).any(-1)
    judged &= np.isfinite(length) & (length > 0)
    counted = visible & judged[:, None]
    distances = normalised_distances(predicted, truth, counted, length[:, None])
    mean = np.nansum(distances, axis=-1) / counted.sum(-1).clip(1)
    return np.where(judged, mean, np.nan)


def group_distance(
    points: np.ndarray, first: Sequence[int], second: Sequence[int]
) -> np.ndarray:
    """Return the distance (N,), px, between the means of two groups of landmarks (N, K, 2).

    Example:
        >>> eyes = np.array([[[0.0, 0.0], [2.0, 0.0], [7.0, 0.0], [9.0, 0.0]]])
        >>> group_distance(eyes, [0, 1], [2, 3])
        array([7.])
    """
    difference = points[:, list(first)].mean(1) - points[:, list(second)].mean(1)
    return np.linalg.norm(difference, axis=-1)


def extent(points: np.ndarray) -> np.ndarray:
    """Return the root of width times height of the points (N, K, 2), (N,), px.

    Example:
        >>> extent(np.array([[[1.0, 1.0], [5.0, 2.0], [3.0, 10.0]]]))
        array([6.])
    """
    return np.sqrt(np.prod(np.ptp(points, axis=1), axis=-1))
