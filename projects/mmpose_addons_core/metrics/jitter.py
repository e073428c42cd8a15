"""Jitter: how much landmarks move between slightly different crops of the same face.

Shape letters: V views, N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..setting_checks import check_numbers
from ..tracking.one_euro import OneEuroFilter

ONE_EURO = dict(frame_rate=30.0, cutoff=1.5, beta=5.0)
"""Default settings of :func:`one_euro_views`."""


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


def one_euro_settings(settings: Any) -> dict[str, float]:
    """Return all settings of :func:`one_euro_views`, with defaults for those that are missing.

    Raises:
        ValueError: They are no mapping, or one is unknown or no finite number, or not positive;
            only beta may be 0.

    Example:
        >>> one_euro_settings(dict(fps=25))
        Traceback (most recent call last):
        ValueError: settings of One-Euro are frame_rate, cutoff, beta, got fps
    """
    if not isinstance(settings, Mapping):
        raise ValueError(f'settings of One-Euro must be a dict, got {settings!r}')
    if unknown := [str(name) for name in settings if name not in ONE_EURO]:
        raise ValueError(
            f'settings of One-Euro are {", ".join(ONE_EURO)}, got {", ".join(unknown)}'
        )
    check_numbers(**settings)
    chosen = ONE_EURO | dict(settings)
    for name, value in chosen.items():
        if value < 0 or (value == 0 and name != 'beta'):
            raise ValueError(f'{name} of One-Euro must be positive, got {value}')
    return chosen


def one_euro_views(
    views: np.ndarray,
    size: np.ndarray,
    frame_rate: float = ONE_EURO['frame_rate'],
    cutoff: float = ONE_EURO['cutoff'],
    beta: float = ONE_EURO['beta'],
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
        ValueError: If a size is not positive, or as :func:`one_euro_settings`.
    """
    one_euro_settings(dict(frame_rate=frame_rate, cutoff=cutoff, beta=beta))
    if not (size > 0).all():
        raise ValueError(f'sizes of faces must be positive px, got {size[~(size > 0)][0]}')
    smooth = OneEuroFilter(cutoff, beta)
    unit = size[:, None, None]
    frames = [smooth(view / unit, index / frame_rate) for index, view in enumerate(views)]
    return np.stack(frames) * unit
