"""Compare the boxes (x1, y1, x2, y2), image px, of an exported detector with those of MMDet."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mmpose_addons_runtime.similarity import iou

from ..estimators.detector_network import Detections

SAME = 0.5
"""Two boxes of a class with a higher IoU may be the same."""


@dataclass(frozen=True)
class BoxDifferences:
    """How the boxes of a file differ from those of MMDet, over several images.

    Attributes:
        distances: For each pair of boxes the largest difference of a coordinate, image px.
        scores: For each pair the difference of the scores.
        lone: Number of boxes that only one of both found, with a score clearly above the
            threshold.
        borderline: Number of boxes that only one of both found, with a score next to it.
    """

    distances: np.ndarray
    scores: np.ndarray
    lone: int
    borderline: int

    def __str__(self) -> str:
        pairs, alone = len(self.distances), self.lone + self.borderline
        text = f'{pairs} boxes of both'
        if pairs:
            text += (
                f', largest difference {self.distances.max():.4f} px, score '
                f'{self.scores.max():.1e}'
            )
        text += f'; {alone} of only one'
        return text + f' ({self.borderline} next to the threshold)' * bool(self.borderline)

    def spread(self) -> str:
        """Describe differences that are not small, as those of int8."""
        pairs, alone = len(self.distances), self.lone + self.borderline
        text = f'{pairs} boxes of both'
        if pairs:
            text += (
                f', mean difference {self.distances.mean():.2f} px, 99 of 100 within '
                f'{np.percentile(self.distances, 99):.1f} px, largest '
                f'{self.distances.max():.1f} px, score {self.scores.max():.2f}'
            )
        return f'{text}; {alone} of only one'


def box_differences(
    found: Iterable[Detections],
    expected: Iterable[Detections],
    threshold: float,
    margin: float,
    limit: int | None = None,
) -> BoxDifferences:
    """Compare detections image by image.

    Args:
        found: Of the file.
        expected: Of MMDet.
        threshold: Boxes with a lower score are left out.
        margin: A score is next to the threshold if it is above it by at most this much.
        limit: Largest number of boxes an image. The lowest score of so many is a threshold,
            too.
    """
    distances: list[np.ndarray] = [np.zeros(0)]
    scores: list[np.ndarray] = [np.zeros(0)]
    lone = borderline = 0
    for sides in zip(found, expected, strict=True):
        one, other = (_above(side, threshold) for side in sides)
        first, second = _pairs(one, other)
        distances.append(np.abs(one.boxes[first] - other.boxes[second]).max(axis=1))
        scores.append(np.abs(one.scores[first] - other.scores[second]))
        for side, paired in ((one, first), (other, second)):
            alone = np.delete(side.scores, paired)
            bars = [threshold]
            bars += [part.scores.min() for part in (one, other) if len(part.scores) == limit]
            is_near = alone <= max(bars) + margin
            borderline += int(is_near.sum())
            lone += int((~is_near).sum())
    return BoxDifferences(np.concatenate(distances), np.concatenate(scores), lone, borderline)


def _above(found: Detections, threshold: float) -> Detections:
    chosen = found.scores >= threshold
    return Detections(found.boxes[chosen], found.scores[chosen], found.labels[chosen])


def _pairs(one: Detections, other: Detections) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of boxes that are each other's nearest of their class."""
    pairs: list[tuple[int, int]] = []
    for label in np.intersect1d(one.labels, other.labels):
        first, second = (np.flatnonzero(side.labels == label) for side in (one, other))
        overlaps = iou(
            one.boxes[first].astype(np.float64), other.boxes[second].astype(np.float64)
        )
        best = overlaps.argmax(axis=1)
        pairs += [
            (first[i], second[j])
            for i, j in enumerate(best)
            if overlaps[i, j] > SAME and overlaps[:, j].argmax() == i
        ]
    indices = np.array(pairs, np.int64).reshape(-1, 2)
    return indices[:, 0], indices[:, 1]
