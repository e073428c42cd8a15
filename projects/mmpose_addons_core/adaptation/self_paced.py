"""Self-paced choice of pseudo-labels, the PPLO of WS-CDA (Cao et al., ICCV 2019).

The paper's thresholds are not published. Those here are ours: the surest tenth in the first
round, as in MAPS, and a tenth more each round.

Shape letters: N samples, K keypoints.
"""

from dataclasses import dataclass

import numpy as np

MEASURES = ('share', 'confidence')
BY = ('animal', 'joint', 'both')


@dataclass(frozen=True)
class SelfPaced:
    """Easy labels first, more of them each round.

    Args:
        start: In the first round. ``'share'``: the surest share that is kept. ``'confidence'``:
            the confidence that a kept label exceeds.
        step: What each round adds to the share, or takes from the confidence.
        end: Largest share; least confidence.
        measure: ``'share'`` (quantiles over the whole set) or ``'confidence'`` (absolute).
        by: ``'animal'``: all joints of the animals with the highest mean confidence;
            ``'joint'``: of each keypoint the surest joints; ``'both'``: the joints that both
            choose.

    Raises:
        ValueError: If an argument is unknown or lies outside its range.
    """

    start: float = 0.1
    step: float = 0.1
    end: float = 0.8
    measure: str = 'share'
    by: str = 'both'

    def __post_init__(self) -> None:
        if self.measure not in MEASURES or self.by not in BY:
            raise ValueError(
                f'measure must be one of {MEASURES} and by one of {BY}, got {self.measure!r} '
                f'and {self.by!r}'
            )
        low, high = sorted((self.start, self.end))
        wrong_way = self.start > self.end if self.measure == 'share' else self.start < self.end
        if not 0 <= low <= high or self.step < 0 or wrong_way:
            raise ValueError(
                'expected start and end >= 0, a step >= 0, and an end that is easier to reach '
                f'than start, got {self}'
            )
        if self.measure == 'share' and high > 1:
            raise ValueError(f'expected shares up to 1, got {self}')

    def level(self, number: int) -> float:
        """Return the share or the confidence of a round.

        Args:
            number: Of the round, from 0.

        Example:
            >>> [round(SelfPaced().level(number), 2) for number in (0, 1, 2, 9)]
            [0.1, 0.2, 0.3, 0.8]
        """
        if self.measure == 'share':
            return min(self.start + self.step * number, self.end)
        return max(self.start - self.step * number, self.end)

    def chosen(
        self, confidence: np.ndarray, there: np.ndarray, number: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which labels are kept.

        Args:
            confidence: (N, K), of the whole set.
            there: (N,), bool, whether a sample has labels at all.
            number: Of the round, from 0.

        Returns:
            Kept (N, K), bool; and for each keypoint a confidence (K,) that all kept joints
            exceed, 0 where ``by`` is ``'animal'``.
        """
        level = self.level(number)
        kept = np.repeat(there[:, None], confidence.shape[1], axis=1) & (confidence > 0)
        thresholds = np.zeros(confidence.shape[1])
        if self.by != 'animal':
            thresholds = np.array([self._threshold(k, level) for k in confidence[there].T])
            kept &= confidence > thresholds
        if self.by != 'joint':
            animals = confidence.mean(1)
            kept &= (animals > self._threshold(animals[there], level))[:, None]
        return kept, thresholds

    def _threshold(self, values: np.ndarray, level: float) -> float:
        """Return the value that the surest share exceeds, or the level itself."""
        if self.measure == 'confidence':
            return level
        count = int(level * len(values) + 1e-9)  # 0.1 * 3 rounds to 0.30000000000000004
        if count >= len(values):
            return 0.0
        return float(np.sort(values)[len(values) - 1 - count])


def surer_labels(
    old: tuple[np.ndarray, np.ndarray, np.ndarray],
    new: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the surer label of each joint in two rounds; the new one if both are equal.

    Args:
        old, new: Keypoints (N, K, 2), confidence (N, K) and origin (N, K) of a round.
    """
    stays = old[1] > new[1]
    return (
        np.where(stays[..., None], old[0], new[0]),
        np.where(stays, old[1], new[1]),
        np.where(stays, old[2], new[2]),
    )
