"""Predictions of a run, in one form for all writers.

Shape letters: K keypoints. Coordinates are (x, y) in image px; the centre of the first pixel is
(0, 0).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Pose:
    """A predicted animal or person in one frame.

    Attributes:
        keypoints: (K, 2).
        scores: (K,), 0 to 1.
        score: Of the whole pose.
        track: Number of its track, None without tracking.
    """

    keypoints: np.ndarray
    scores: np.ndarray
    score: float
    track: int | None = None


@dataclass
class Clip:
    """Predictions of one video, or of the images of one folder.

    Attributes:
        name: Of the files that are written for it; no two clips of a run have the same.
        location: The video or the folder.
        images: Files of a folder, in order; empty for a video.
        poses: By frame number (position in ``images``); frames without anybody are empty.
        times: Seconds from the first frame, by frame number, where they are known.
    """

    name: str
    location: str
    images: list[str] = field(default_factory=list)
    poses: dict[int, list[Pose]] = field(default_factory=dict)
    times: dict[int, float] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Number of frames up to the last one that was read."""
        return len(self.images) or max(self.poses, default=-1) + 1


@dataclass(frozen=True)
class Keypoints:
    """What the network finds.

    Attributes:
        names: K.
        skeleton: Pairs of positions in ``names``.
        pairs: Positions of (left, right) keypoints.
    """

    names: Sequence[str]
    skeleton: Sequence[tuple[int, int]] = ()
    pairs: Sequence[tuple[int, int]] = ()


def several_animals(clips: Sequence[Clip]) -> bool:
    """Return whether a frame has two poses, or a clip two tracks."""
    for clip in clips:
        tracks = {pose.track for poses in clip.poses.values() for pose in poses}
        if len(tracks) > 1 or any(len(poses) > 1 for poses in clip.poses.values()):
            return True
    return False


def individuals(clip: Clip) -> list[dict[int, Pose]]:
    """Group the poses of each individual by frame number.

    An individual is a track, in the order of their numbers. Without tracks, the first is the
    pose with the highest score in its frame, the second the next one, and so on.
    """
    found: dict[int, dict[int, Pose]] = {}
    for frame, poses in clip.poses.items():
        for rank, pose in enumerate(sorted(poses, key=lambda p: -p.score)):
            key = rank if pose.track is None else pose.track
            found.setdefault(key, {})[frame] = pose
    return [found[key] for key in sorted(found)]


def best_poses(clip: Clip) -> dict[int, Pose]:
    """Choose the pose with the highest score by frame number."""
    return {
        frame: max(poses, key=lambda pose: pose.score)
        for frame, poses in clip.poses.items()
        if poses
    }
