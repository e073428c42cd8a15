"""Pick frames of a video that are spread in time and are no near-copies.

Shape letters: N frames, D numbers that describe a frame.
"""

from collections.abc import Sequence

import numpy as np

CANDIDATES = 3
"""Frames that are looked at for each one that is picked."""
COPY = 0.05
"""Frames nearer to each other than this share of the median distance are near-copies."""


def share_out(lengths: Sequence[int], count: int) -> list[int]:
    """Share out the frames: equal shares, what a short video lacks goes to others.

    >>> share_out([100, 2, 50], 12)
    [5, 2, 5]
    """
    taken = [0] * len(lengths)
    for _ in range(min(count, sum(lengths))):
        free = [i for i, length in enumerate(lengths) if taken[i] < length]
        taken[min(free, key=lambda i: taken[i])] += 1
    return taken


def candidates(length: int, count: int) -> list[int]:
    """Return numbers of frames, evenly spread over a video, of which ``count`` are picked.

    >>> candidates(100, 2)
    [8, 25, 41, 58, 75, 91]
    """
    number = min(length, count * CANDIDATES)
    return [int((i + 0.5) * length / number) for i in range(number)]


def choose_frames(points: np.ndarray, count: int) -> list[int]:
    """Pick frames in time order: one of each stretch of time, then without near-copies.

    Of each of ``count`` equal stretches it takes the frame farthest from those taken.
    Near-copies are left out, so that a video in which nothing happens gives fewer frames.

    Args:
        points: (N, D), see ``appearance_of``; frames in time order.
        count: At most so many.

    Example:
        >>> choose_frames(np.array([[0.0], [0.0], [5.0], [0.0], [9.0], [9.0]]), 3)
        [0, 2, 4]
    """
    if not len(points):
        return []
    typical = (
        float(np.median(_distances(points, points)[np.triu_indices(len(points), 1)]))
        if (len(points) > 1)
        else 0.0
    )
    chosen: list[int] = []
    for stretch in np.array_split(np.arange(len(points)), min(count, len(points))):
        if not chosen:
            chosen.append(int(stretch[0]))
            continue
        gaps = _distances(points[stretch], points[chosen]).min(1)
        if gaps.max() > COPY * typical:
            chosen.append(int(stretch[gaps.argmax()]))
    return chosen


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(a[:, None] - b[None], axis=2))
