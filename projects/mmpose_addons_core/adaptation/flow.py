"""Keypoints of a video carried from frame to frame by pyramidal Lucas-Kanade flow.

Shape letters: K keypoints, H x W a frame. Coordinates are (x, y) in px of the frame.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Flow:
    """CC-SSL's temporal consistency (arXiv 1912.08265, Sec. 3.2, and the published code).

    The joints of the frame before are followed into this frame. The followed joint takes the
    place of the predicted one where confidence / followed confidence is below ``decay``, and
    gets ``decay`` times the confidence it had.

    Args:
        window: Side of the square that is compared, px.
        levels: Levels of the pyramid above the frame itself.
        max_displacement: A joint that moved by more than this share of the frame's longer side
            is lost; the paper's 15 of 256 px.
        decay: Factor to a followed joint's confidence.
        forward_backward_threshold: If given, a joint is also lost when following it back ends
            further than this from where it began, px. Not in the paper.

    Deviation of this port: a joint that the flow reports as not found is lost, too.

    Raises:
        ValueError: If a number makes no sense.
    """

    window: int = 15
    levels: int = 2
    max_displacement: float = 15 / 256
    decay: float = 0.9
    forward_backward_threshold: float | None = None

    def __post_init__(self) -> None:
        if (
            self.window < 3
            or self.levels < 0
            or self.max_displacement <= 0
            or not 0 < self.decay <= 1
        ):
            raise ValueError(
                'expected window >= 3, levels >= 0, max_displacement > 0 and 0 < decay <= 1, '
                f'got {self}'
            )

    def follow(
        self, before: np.ndarray, now: np.ndarray, points: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where points of the frame before are now, and whether they were found.

        Args:
            before: (H, W), uint8.
            now: (H, W), uint8.
            points: (K, 2).

        Returns:
            Points (K, 2), float32, and (K,), bool.
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
            followed_confidence: (K,), of the frame before; 0 where the flow was lost.

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
    """Carries the joints of many tracks at once; frames of a track come in their order."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._last: dict[Hashable, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def step(
        self, track: Hashable, frame: np.ndarray, points: np.ndarray, confidence: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Labels of a track's next frame; the first one's are its predictions.

        Args:
            track: Which track.
            frame: (H, W), uint8; one of another size begins the track anew.
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
        self._last[track] = frame, points, confidence
        return points, confidence, flows

    def forget(self) -> None:
        """End all tracks."""
        self._last.clear()
