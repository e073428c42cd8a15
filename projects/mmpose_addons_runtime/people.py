"""The people of one image.

Shape letters: N people, K keypoints. Coordinates and boxes (x1, y1, x2, y2) are image px.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

KEYPOINT_SCORE = 0.2
"""Keypoints with a lower score do not count in a pose's score; CocoMetric's default."""


@dataclass
class People:
    """Poses of the people, animals or faces of one image.

    Attributes:
        keypoints: (N, K, 2), (x, y), float32.
        keypoint_scores: (N, K), float32.
        bboxes: (N, 4), float32.
        bbox_scores: (N,), float32.
        pose_scores: (N,), float32, of :func:`pose_scores`.
        box_index: (N,), int, the place of each in the boxes of the image, also when some people
            have been left out.
        track_ids: (N,), int; None without tracks.
    """

    keypoints: np.ndarray
    keypoint_scores: np.ndarray
    bboxes: np.ndarray
    bbox_scores: np.ndarray
    pose_scores: np.ndarray
    box_index: np.ndarray
    track_ids: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.keypoints)

    def __getitem__(self, chosen: Sequence[int] | np.ndarray | slice) -> 'People':
        """Return some of the people, by indices, a mask or a slice."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return People(
            **{name: part[chosen] for name, part in parts.items() if part is not None}
        )

    @property
    def areas(self) -> np.ndarray:
        """The areas (N,) of the boxes, image px squared."""
        return np.prod(self.bboxes[:, 2:] - self.bboxes[:, :2], axis=1)


def people_of(
    keypoints: np.ndarray,
    keypoint_scores: np.ndarray,
    boxes: np.ndarray,
    box_scores: np.ndarray,
) -> People:
    """Return people with the scores of their poses.

    Args:
        keypoints: (N, K, 2).
        keypoint_scores: (N, K).
        boxes: (N, 4).
        box_scores: (N,).
    """
    return People(
        keypoints=keypoints.astype(np.float32),
        keypoint_scores=keypoint_scores.astype(np.float32),
        bboxes=boxes,
        bbox_scores=box_scores,
        pose_scores=pose_scores(keypoint_scores, box_scores),
        box_index=np.arange(len(boxes)),
    )


def pose_scores(keypoint_scores: np.ndarray, box_scores: np.ndarray) -> np.ndarray:
    """Return box score times mean keypoint score (N,), as CocoMetric rescores.

    Args:
        keypoint_scores: (N, K).
        box_scores: (N,).

    Example:
        >>> pose_scores(np.array([[0.5, 0.7, 0.1]]), np.array([0.5]))
        array([0.3], dtype=float32)
    """
    counted = keypoint_scores > KEYPOINT_SCORE
    total = np.where(counted, keypoint_scores, 0).sum(-1)
    return (box_scores * total / np.maximum(counted.sum(-1), 1)).astype(np.float32)
