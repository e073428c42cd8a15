"""Jitter: how much landmarks move between slightly different crops of the same face.

Shape letters: V views, N faces, K landmarks. Coordinates are (x, y) in image px.
"""

import numpy as np

from ..tracking.one_euro import OneEuroFilter


def landmark_jitter(views: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Return the root mean square distance of each landmark from its mean over the views.

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


def jitter_scores(views: np.ndarray, length: np.ndarray) -> dict[str, float]:
    """Return ``jitter``, the mean over landmarks and faces, and ``jitter_worst``.

    ``jitter_worst`` is the mean over the faces of the landmark that moves most. Both are NaN
    where there is no face.

    Args:
        views: (V, N, K, 2).
        length: (N,), px; distances are divided by it.

    Example:
        >>> views = np.array([[[[1.0, 5.0], [3.0, 3.0]]], [[[5.0, 5.0], [3.0, 3.0]]]])
        >>> jitter_scores(views, np.array([10.0]))
        {'jitter': 0.1, 'jitter_worst': 0.2}
    """
    if not len(length):
        return dict(jitter=float('nan'), jitter_worst=float('nan'))
    moved = landmark_jitter(views, length)
    return dict(jitter=float(moved.mean()), jitter_worst=float(moved.max(1).mean()))


def one_euro_views(
    views: np.ndarray,
    size: np.ndarray,
    frame_rate: float = 30.0,
    cutoff: float = 1.5,
    beta: float = 5.0,
) -> np.ndarray:
    """Filter views by One-Euro, as if they were the frames of a video: (V, N, K, 2).

    The filter is that of :class:`~mmpose_addons_core.tracking.one_euro.PoseSmoother`: its unit
    of length is the size of the face.

    Args:
        views: (V, N, K, 2).
        size: (N,), px, sqrt(w h) of the boxes.
        frame_rate: Views per second.
        cutoff, beta: Of the filter, Hz and Hz per size a second.

    Raises:
        ValueError: If a size is not positive.
    """
    if not (size > 0).all():
        raise ValueError(f'sizes of faces must be positive px, got {size[~(size > 0)][0]}')
    smooth = OneEuroFilter(cutoff, beta)
    unit = size[:, None, None]
    frames = [smooth(view / unit, index / frame_rate) for index, view in enumerate(views)]
    return np.stack(frames) * unit
