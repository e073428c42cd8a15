"""Track people from one frame of a video to the next.

Shape letters: N people now, M people known. Coordinates and boxes (x1, y1, x2, y2) are
image px.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .assignment import least_cost_assignment
from .errors import ModelError
from .metadata import KeypointMetadata
from .people import KEYPOINT_SCORE, People
from .similarity import iou, oks


@dataclass
class _Known:
    person: People
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
        if by == 'oks' and (sigmas is None or not len(sigmas)):
            raise ValueError(f'tracks by OKS need the sigmas of the keypoints, got {sigmas}')
        self.by, self.threshold, self.patience = by, threshold, patience
        self.sigmas = None if sigmas is None else np.asarray(sigmas, float)
        self._known: dict[int, _Known] = {}
        self._frame = self._next = 0

    def update(self, people: People) -> np.ndarray:
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
            last = _joined([self._known[number].person for number in known])
            similarity = self._similarity(people, last)
            for row, column in least_cost_assignment(-similarity.astype(float)):
                if similarity[row, column] >= self.threshold:
                    numbers[row] = known[column]
        for row in range(len(people)):
            if numbers[row] < 0:
                numbers[row] = self._next
                self._next += 1
            self._known[int(numbers[row])] = _Known(people[[row]], self._frame)
        return numbers

    def _similarity(self, people: People, last: People) -> np.ndarray:
        """Return the similarity (N, M) of each person to each that is known."""
        if self.sigmas is None or self.by == 'iou':
            return iou(people.bboxes, last.bboxes)
        return oks(people, last, self.sigmas, KEYPOINT_SCORE)


def tracker_of(by: str | None, smooth: bool, metadata: KeypointMetadata) -> Tracker | None:
    """Return a new tracker as `infer` uses it; None if people get no numbers.

    Args:
        by: ``'oks'``, ``'iou'`` or None.
        smooth: Whether tracks are smoothed; they are by OKS unless `by` says otherwise.
        metadata: Of the keypoints.

    Raises:
        ModelError: Tracks by OKS are wanted, and the network has no sigmas.
    """
    by = by or ('oks' if smooth else None)
    if by == 'oks' and not metadata.sigmas:
        raise ModelError(
            'tracks by OKS need a sigma for each keypoint, got a network whose dataset_info '
            'has none; choose --track iou'
        )
    return Tracker(by, sigmas=metadata.sigmas) if by else None


def _joined(several: Sequence[People]) -> People:
    """Return people of several frames, without the numbers of tracks."""
    names = (field.name for field in fields(People) if field.name != 'track_ids')
    return People(
        **{name: np.concatenate([getattr(some, name) for some in several]) for name in names}
    )
