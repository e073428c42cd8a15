"""One-Euro filter (Casiez, Roussel, Vogel, CHI 2012), which reduces jitter and lag."""

import math

import numpy as np


def smoothing_factor(cutoff: np.ndarray | float, step: float) -> np.ndarray | float:
    """Return the weight of the new value in a low-pass filter (equation 5 and 6 of the paper).

    Args:
        cutoff: Frequency in Hz.
        step: Seconds since the last value.

    Example:
        >>> round(smoothing_factor(1 / (2 * math.pi), 1.0), 3)
        0.5
    """
    change = 2 * math.pi * cutoff * step
    return change / (change + 1)


class OneEuroFilter:
    """Smooth a sequence of values of one shape.

    Args:
        cutoff: Least cutoff frequency, Hz; a lower one gives less jitter at rest.
        beta: Increase of the cutoff per speed (units a second), Hz; a higher one gives less
            lag in motion.
        speed_cutoff: Cutoff frequency for the speed, Hz.

    Example:
        >>> smooth = OneEuroFilter(cutoff=1.0)
        >>> [round(float(smooth(np.float64(x), t / 10)), 2) for t, x in enumerate([0, 1, 1])]
        [0.0, 0.58, 0.82]
    """

    def __init__(
        self, cutoff: float = 1.0, beta: float = 0.3, speed_cutoff: float = 1.0
    ) -> None:
        self.cutoff, self.beta, self.speed_cutoff = cutoff, beta, speed_cutoff
        self._time: float | None = None
        self._value: np.ndarray = np.zeros(())
        self._speed: np.ndarray = np.zeros(())

    def __call__(self, value: np.ndarray, time: float) -> np.ndarray:
        """Smooth the next value.

        Args:
            value: Of any shape, the same each time.
            time: Seconds; must increase from call to call.

        Raises:
            ValueError: The time does not increase.
        """
        if self._time is None:
            self._value, self._speed = value, np.zeros_like(value)
        else:
            step = time - self._time
            if step <= 0:
                raise ValueError(f'time must increase, got {time} s after {self._time} s')
            speed = (value - self._value) / step
            weight = smoothing_factor(self.speed_cutoff, step)
            self._speed = self._speed + weight * (speed - self._speed)
            weight = smoothing_factor(self.cutoff + self.beta * abs(self._speed), step)
            self._value = self._value + weight * (value - self._value)
        self._time = time
        return self._value


class PoseSmoother:
    """Smooth the keypoints of each track by a One-Euro filter.

    The unit of length is the person's size (square root of the box's area), so that near and
    distant people are smoothed alike.

    Args:
        cutoff, beta: Those of :class:`OneEuroFilter`; beta in Hz per size a second.
        patience: A track that was not seen for longer than this restarts, seconds.
    """

    def __init__(self, cutoff: float = 1.5, beta: float = 5.0, patience: float = 0.5) -> None:
        self.cutoff, self.beta, self.patience = cutoff, beta, patience
        self._filters: dict[int, tuple[OneEuroFilter, float, float]] = {}

    def __call__(
        self, tracks: np.ndarray, keypoints: np.ndarray, boxes: np.ndarray, time: float
    ) -> np.ndarray:
        """Smooth keypoints (N, K, 2), image px.

        Args:
            tracks: (N,), of :class:`Tracker`.
            keypoints: (N, K, 2), image px.
            boxes: (N, 4), (x1, y1, x2, y2), image px.
            time: Seconds.
        """
        self._filters = {
            track: entry
            for track, entry in self._filters.items()
            if time - entry[2] <= self.patience
        }
        smoothed = np.empty_like(keypoints)
        sizes = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).clip(min=1))
        for i, track in enumerate(tracks.tolist()):
            # the size of the track's first box remains its unit
            fresh = OneEuroFilter(self.cutoff, self.beta), float(sizes[i]), time
            smooth, size, _ = self._filters.get(track, fresh)
            smoothed[i] = smooth(keypoints[i].astype(np.float64) / size, time) * size
            self._filters[track] = smooth, size, time
        return smoothed
