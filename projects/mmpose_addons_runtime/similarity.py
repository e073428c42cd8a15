"""Likeness of poses and of boxes, and the removal of poses that resemble a better one.

Shape letters: N and M people, K keypoints. Coordinates and boxes (x1, y1, x2, y2) are image px.
"""

from collections.abc import Sequence

import numpy as np

from .people import People


def oks(
    people: People, others: People, sigmas: np.ndarray, least_score: float | None = None
) -> np.ndarray:
    """Return the object keypoint similarity (N, M), float32, of COCO's keypoint evaluation.

    The scale of a pair is the mean of the areas of both boxes.

    Args:
        people: N.
        others: M.
        sigmas: (K,), one a keypoint.
        least_score: Only keypoints for which both have a higher score count; by default all.
    """
    variances = (2 * np.asarray(sigmas, float)) ** 2
    squares = ((others.keypoints[None] - people.keypoints[:, None]) ** 2).sum(-1)
    area = (people.areas[:, None] + others.areas[None]) / 2 + np.spacing(1)
    similar = np.exp(-squares / variances / area[..., None] / 2)
    if least_score is None:
        return similar.mean(-1).astype(np.float32)
    seen = people.keypoint_scores > least_score, others.keypoint_scores > least_score
    both = seen[0][:, None] & seen[1][None]
    total = np.where(both, similar, 0).sum(-1)
    return (total / np.maximum(both.sum(-1), 1)).astype(np.float32)


def iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the intersection over union (N, M) of boxes (N, 4) and (M, 4).

    Example:
        >>> iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2], [0, 0, 2, 2]])).round(3)
        array([[0.333, 1.   ]])
    """
    upper = np.maximum(boxes[:, None, :2], others[None, :, :2])
    lower = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    common = (lower - upper).clip(min=0).prod(-1)
    areas = [(some[:, 2:] - some[:, :2]).prod(-1) for some in (boxes, others)]
    union = areas[0][:, None] + areas[1][None] - common
    return common / np.maximum(union, np.asarray(1e-6, union.dtype))


def without_duplicates(people: People, threshold: float, sigmas: Sequence[float]) -> People:
    """Drop the poses that a better one resembles (OKS-NMS of G-RMI).

    Args:
        people: In any order, which is kept.
        threshold: Of two poses with a higher OKS the better one stays.
        sigmas: K, of OKS.
    """
    if len(people) < 2:
        return people
    similar = oks(people, people, np.asarray(sigmas))
    left = np.argsort(people.pose_scores, kind='stable')[::-1]
    kept = []
    while len(left):
        best, *_ = left
        kept.append(int(best))
        left = left[1:][similar[best, left[1:]] <= threshold]
    return people[sorted(kept)]
