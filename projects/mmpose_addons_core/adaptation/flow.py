"""Keypoints followed from frame to frame by pyramidal Lucas-Kanade optical flow.

Shape letters: K keypoints, H x W a frame. Coordinates are (x, y) in px of the frame.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import cv2
import numpy as np

from ..setting_checks import check_counts, check_numbers


@dataclass(frozen=True)
class Flow:
    """CC-SSL's temporal consistency (arXiv 1912.08265, Sec. 3.2, and the published code).

    The flow follows the joints of the previous frame into the current frame. A followed joint
    replaces the predicted one where confidence / followed confidence is below ``decay``. Its
    confidence is then ``decay`` times that in the previous frame.

    Args:
        window: Side of the square window of the flow, px.
        levels: Levels of the pyramid above the full resolution.
        max_displacement: A joint that moved by more than this share of the frame's longer side
            is lost; the paper's 15 of 256 px.
        decay: Factor to a followed joint's confidence.
        forward_backward_threshold: If given, a joint is also lost when the flow back to the
            previous frame misses its start by more than this, px. Not in the paper.

    Deviation of this port: a joint that the flow reports as not found is lost, too.

    Raises:
        ValueError: If a number lies outside its range.
    """

    window: int = 15
    levels: int = 2
    max_displacement: float = 15 / 256
    decay: float = 0.9
    forward_backward_threshold: float | None = None

    def __post_init__(self) -> None:
        check_counts(0, window=self.window, levels=self.levels)
        limits = dict(max_displacement=self.max_displacement, decay=self.decay)
        if self.forward_backward_threshold is not None:
            limits['forward_backward_threshold'] = self.forward_backward_threshold
        check_numbers(**limits)
        if self.window < 3 or min(limits.values()) <= 0 or self.decay > 1:
            raise ValueError(
                'expected window >= 3, levels >= 0, max_displacement > 0, 0 < decay <= 1 and '
                f'forward_backward_threshold > 0, got {self}'
            )

    def follow(
        self, before: np.ndarray, now: np.ndarray, points: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Follow points from the previous frame into the current one.

        Args:
            before: (H, W), uint8.
            now: (H, W), uint8.
            points: (K, 2).

        Returns:
            Points (K, 2), float32, and whether they were found (K,), bool.
        """
        start = np.ascontiguousarray(points, np.float32).reshape(-1, 1, 2)
        end, status = self._flow(before, now, start)
        moved = np.linalg.norm(end - start, axis=-1)[:, 0]
        found = (status[:, 0] == 1) & (moved <= self.max_displacement * max(now.shape))
        if self.forward_backward_threshold is not None:
            back, status = self._flow(now, before, end)
            missed = np.linalg.norm(back - start, axis=-1)[:, 0]
            found &= (status[:, 0] == 1) & (missed <= self.forward_backward_threshold)
        return end[:, 0], found

    def _flow(
        self, before: np.ndarray, now: np.ndarray, start: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        end, status, _ = cv2.calcOpticalFlowPyrLK(
            before,
            now,
            start,
            None,  # type: ignore[call-overload]
            winSize=(self.window, self.window),
            maxLevel=self.levels,
            criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03),
        )
        return np.asarray(end), np.asarray(status)

    def merge(
        self,
        points: np.ndarray,
        confidence: np.ndarray,
        followed: np.ndarray,
        followed_confidence: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Choose between predicted and followed joints.

        Args:
            points: (K, 2), predicted.
            confidence: (K,), of the prediction.
            followed: (K, 2).
            followed_confidence: (K,), in the previous frame; 0 where the flow lost the joint.

        Returns:
            Points (K, 2), confidences (K,) and whether they come from the flow (K,).

        Example:
            >>> Flow().merge(np.zeros((2, 2)), np.array([0.5, 0.5]),
            ...              np.ones((2, 2)), np.array([0.6, 0.55]))[1:]
            (array([0.54, 0.5 ]), array([ True, False]))
        """
        flows = confidence < self.decay * followed_confidence
        return (
            np.where(flows[:, None], followed, points),
            np.where(flows, self.decay * followed_confidence, confidence),
            flows,
        )


class FlowTracks:
    """Apply a flow to many tracks; the frames of a track must come in order."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._last: dict[Hashable, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def step(
        self, track: Hashable, frame: np.ndarray, points: np.ndarray, confidence: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Label the next frame of a track; in its first frame, return the predictions.

        Args:
            track: Which track.
            frame: (H, W), uint8; a frame of another size restarts the track.
            points: (K, 2), predicted.
            confidence: (K,).

        Returns:
            As :meth:`Flow.merge`.
        """
        last = self._last.get(track)
        flows = np.zeros(len(points), bool)
        if last is not None and last[0].shape == frame.shape:
            before, old_points, old_confidence = last
            followed, found = self.flow.follow(before, frame, old_points)
            points, confidence, flows = self.flow.merge(
                points, confidence, followed, old_confidence * found
            )
        # copies, because callers reuse their arrays
        self._last[track] = frame, points.copy(), confidence.copy()
        return points, confidence, flows

    def forget(self) -> None:
        """End all tracks."""
        self._last.clear()
