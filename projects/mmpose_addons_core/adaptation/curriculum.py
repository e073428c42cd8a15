"""Confidence thresholds for pseudo-labels, epoch by epoch.

Shape letters: N samples, K keypoints.
"""

from dataclasses import dataclass, replace

import numpy as np

SCHEDULES = ('paper', 'linear', 'constant')


@dataclass(frozen=True)
class Curriculum:
    """The share of joints that is left out in each epoch (arXiv 1912.08265, Sec. 3.3).

    ==========  ===============================================================
    schedule    share left out in epoch e
    ==========  ===============================================================
    paper       max(0.2, 1 - 0.02 (60 e / ``total`` + 10)), in the published code of 60 epochs
    linear      linear from ``first`` to ``last`` in ``epochs``, then ``last``
    constant    ``first``
    ==========  ===============================================================

    Args:
        schedule: One of the above.
        first: Share left out in the first epoch.
        last: Share left out after ``epochs`` epochs.
        epochs: Number of epochs from ``first`` to ``last``; None: half of ``total``.
        total: Number of epochs of the training; None: 60 as in the paper, or what
            :meth:`within` is told.
        per_joint: Compute a threshold for each keypoint. Otherwise compute one over all
            keypoints together, as in the paper; difficult joints are then used last.

    Raises:
        ValueError: If the schedule is unknown or a share lies outside [0, 1].
    """

    schedule: str = 'paper'
    first: float = 0.8
    last: float = 0.2
    epochs: int | None = None
    total: int | None = None
    per_joint: bool = False

    def __post_init__(self) -> None:
        if self.schedule not in SCHEDULES:
            raise ValueError(f'schedule must be one of {SCHEDULES}, got {self.schedule!r}')
        counts = [count for count in (self.epochs, self.total) if count is not None]
        if not (0 <= self.first <= 1 and 0 <= self.last <= 1 and min(counts, default=1) >= 1):
            raise ValueError(f'expected shares in [0, 1] and epochs >= 1, got {self}')

    def within(self, epochs: int) -> 'Curriculum':
        """Return the same for a training of so many epochs, unless ``total`` is given.

        Example:
            >>> [round(Curriculum().within(30).left_out(epoch), 2) for epoch in (0, 5, 15, 25)]
            [0.8, 0.6, 0.2, 0.2]
        """
        return self if self.total is not None else replace(self, total=epochs)

    def left_out(self, epoch: int) -> float:
        """Return the share of the joints that is left out.

        Example:
            >>> [round(Curriculum().left_out(epoch), 2) for epoch in (0, 10, 30, 50)]
            [0.8, 0.6, 0.2, 0.2]
        """
        if self.schedule == 'paper':
            return max(0.2, 1 - 0.02 * (60 * epoch / (self.total or 60) + 10))
        if self.schedule == 'constant':
            return self.first
        epochs = self.epochs or max(1, (self.total or 60) // 2)
        progress = min(epoch / epochs, 1)
        return self.first + (self.last - self.first) * progress

    def thresholds(self, confidence: np.ndarray, epoch: int) -> np.ndarray:
        """Return the confidence that a joint must exceed to be kept.

        Args:
            confidence: (N, K), of the whole target set.
            epoch: From 0.

        Returns:
            (K,), the same for all unless ``per_joint``.
        """
        share = self.left_out(epoch)
        if self.per_joint:
            return np.array([_quantile(joint, share) for joint in confidence.T])
        return np.full(confidence.shape[1], _quantile(confidence.ravel(), share))


def _quantile(values: np.ndarray, share: float) -> float:
    """Return the quantile of the published code, which prepends a 0 to the sorted values."""
    ascending = np.concatenate(([0.0], np.sort(values)))
    return float(ascending[min(int(share * len(ascending)), len(ascending) - 1)])
