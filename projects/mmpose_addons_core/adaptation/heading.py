"""Which way an animal heads, decided once for each track from several cues.

Shape letters: F frames of a track, K keypoints. Coordinates are (x, y) in image px; boxes are
x, y, w, h.
"""

from collections.abc import Sequence

import numpy as np


def facing(
    points: np.ndarray, weights: np.ndarray, head: Sequence[int], tail: Sequence[int]
) -> np.ndarray:
    """Return the direction from the rear to the head, along x.

    Args:
        points: (F, K, 2).
        weights: (F, K), confidences; 0 for joints that do not count.
        head: Keypoints of the head.
        tail: Keypoints of the rear.

    Returns:
        (F,), px, positive to the right; 0 where head or rear has no joint.

    Example:
        >>> points = np.array([[[30.0, 5], [10, 9]]])
        >>> facing(points, np.ones((1, 2)), head=[0], tail=[1])
        array([20.])
    """
    head, tail = list(head), list(tail)
    weight = weights[:, head].sum(1), weights[:, tail].sum(1)
    means = [
        (weights[:, part] * points[:, part, 0]).sum(1) / np.maximum(total, 1e-9)
        for part, total in zip((head, tail), weight, strict=True)
    ]
    return np.where((weight[0] > 0) & (weight[1] > 0), means[0] - means[1], 0.0)


def track_heading(
    direction: np.ndarray,
    weight: np.ndarray,
    boxes: np.ndarray,
    motion: float = 2.0,
    slowest: float = 0.25,
) -> float:
    """Decide which way a track heads by its frames' votes and its motion forwards.

    A method of this package, from no paper.

    Args:
        direction: (F,), of :func:`facing`, px; frames in temporal order.
        weight: (F,), of each frame's vote; its mean confidence.
        boxes: (F, 4).
        motion: Weight of the motion, in units of the whole vote of the frames.
        slowest: A track that moves by less than this share of its box has no motion.

    Returns:
        Share of the votes from -1, to the left, to 1, to the right; 0 if nothing is known.

    Example:
        >>> boxes = np.array([[0, 0, 50, 20], [20, 0, 50, 20], [40, 0, 50, 20]])
        >>> track_heading(np.array([-9.0, -9, 9]), np.ones(3), boxes)  # (-1 / 3 + 2) / 3
        0.5555555555555556
    """
    votes = np.sign(direction) * weight
    total = float(np.abs(votes).sum())
    share = float(votes.sum()) / total if total else 0.0
    centres = boxes[:, 0] + boxes[:, 2] / 2
    side = float(np.median(boxes[:, 2:].max(1)))
    way = float(centres[-1] - centres[0]) if len(boxes) > 1 else 0.0
    if abs(way) < slowest * side:
        return share
    counted = 1.0 if total else 0.0
    return (counted * share + motion * float(np.sign(way))) / (counted + motion)
