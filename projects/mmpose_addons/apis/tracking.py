"""Track people from one frame of a video to the next.

Shape letters: N people now, M people known. Coordinates and boxes (x1, y1, x2, y2) are
image px.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from mmengine.structures import InstanceData
from mmpose.evaluation.functional.nms import oks_iou
from mmpose.structures.bbox import bbox_overlaps
from scipy.optimize import linear_sum_assignment

from .results import KEYPOINT_SCORE


@dataclass
class _Known:
    people: InstanceData
    """One person, as last seen."""
    frame: int


class Tracker:
    """Number people, and keep the numbers while they are visible.

    Each frame's people are assigned to those known so that the sum of similarities is the
    largest one; pairs below the threshold are then parted.

    Args:
        by: ``'oks'``, of keypoints (those that both have a score for), or ``'iou'``, of boxes.
        threshold: Least similarity of the same person in two frames.
        patience: For how many frames a person may be out of sight.
        sigmas: Of OKS, one a keypoint; needed for ``'oks'``.

    Raises:
        ValueError: ``by`` is unknown, or sigmas are missing.
    """

    def __init__(
        self,
        by: str = 'oks',
        threshold: float = 0.3,
        patience: int = 10,
        sigmas: Sequence[float] | None = None,
    ) -> None:
        if by not in ('oks', 'iou'):
            raise ValueError(f"by must be 'oks' or 'iou', got {by!r}")
        if by == 'oks' and sigmas is None:
            raise ValueError('tracks by OKS need the sigmas of the keypoints')
        self.by, self.threshold, self.patience = by, threshold, patience
        self.sigmas = None if sigmas is None else np.asarray(sigmas, float)
        self._known: dict[int, _Known] = {}
        self._frame = self._next = 0

    def update(self, people: InstanceData) -> np.ndarray:
        """Return the numbers (N,) of a frame's people; new people get new numbers, from 0."""
        self._frame += 1
        self._known = {
            number: known
            for number, known in self._known.items()
            if self._frame - known.frame <= self.patience + 1
        }
        numbers = np.full(len(people), -1)
        if len(people) and self._known:
            known = list(self._known)
            last = InstanceData.cat([self._known[number].people for number in known])
            similarity = self._similarity(people, last)
            for row, column in zip(*linear_sum_assignment(-similarity), strict=True):
                if similarity[row, column] >= self.threshold:
                    numbers[row] = known[column]
        for row in range(len(people)):
            if numbers[row] < 0:
                numbers[row] = self._next
                self._next += 1
            self._known[int(numbers[row])] = _Known(people[[row]], self._frame)
        return numbers

    def _similarity(self, people: InstanceData, last: InstanceData) -> np.ndarray:
        """Return the similarity (N, M) of each person to each of the last frame."""
        if self.by == 'iou':
            boxes, last_boxes = (torch.from_numpy(some.bboxes) for some in (people, last))
            return bbox_overlaps(boxes, last_boxes).numpy()
        poses, last_poses = _flat_poses(people), _flat_poses(last)
        areas, last_areas = _areas(people), _areas(last)
        return np.stack(
            [
                oks_iou(pose, last_poses, area, last_areas, self.sigmas, vis_thr=KEYPOINT_SCORE)
                for pose, area in zip(poses, areas, strict=True)
            ]
        )


def _flat_poses(people: InstanceData) -> np.ndarray:
    """Return x, y and score of each keypoint, (N, 3 K)."""
    scores = people.keypoint_scores[..., None]
    return np.concatenate((people.keypoints, scores), -1).reshape(len(people), -1)


def _areas(people: InstanceData) -> np.ndarray:
    """Return the areas (N,) of the boxes, image px squared."""
    return np.prod(people.bboxes[:, 2:] - people.bboxes[:, :2], axis=1)
