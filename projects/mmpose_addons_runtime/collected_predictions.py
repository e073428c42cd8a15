"""Collect the results of a run by video, for the formats of other tools."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmpose_addons_core.message_texts import shown
from mmpose_addons_core.projects.predictions import Clip, Keypoints, Pose

from .frames import Frame
from .metadata import KeypointMetadata
from .sources import Source


class CollectedPredictions:
    """Results of all frames, as :class:`Clip` objects.

    A video, a stream and a file of several pages are a clip each; images are those of their
    folder.

    Args:
        sources: The run's sources.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self.clips: list[Clip] = []
        self.notes: list[str] = []
        """Where the name of a clip is not that of its file or folder."""
        self._places: list[tuple[Clip, int]] = []  # clip and first frame of each source
        folders: dict[Path, Clip] = {}
        names: set[str] = set()
        for source in sources:
            folder = Path(source.location).parent
            if source.has_frames:
                clip = self._clip(source.name, source.location, names)
            elif folder in folders:
                clip = folders[folder]
            else:
                clip = self._clip(folder.absolute().name or 'images', str(folder), names)
                folders[folder] = clip
            self._places.append((clip, len(clip.images)))
            if not source.has_frames:
                clip.images.append(source.location)

    def _clip(self, name: str, location: str, names: set[str]) -> Clip:
        wanted = re.sub(r'[\x00-\x1f/\\:*?"<>|\ud800-\udfff]', '_', name)[:100]
        free, number = wanted, 1
        while free.casefold() in names:
            number += 1
            free = f'{wanted}_{number}'
        names.add(free.casefold())
        if free != name:
            self.notes.append(f'--save-as: the name of {shown(location)} is {free}')
        clip = Clip(free, location)
        self.clips.append(clip)
        return clip

    def add(self, frame: Frame, results: Sequence[dict[str, Any]]) -> None:
        """Add the COCO results of a frame, also of one without anybody."""
        clip, start = self._places[frame.source]
        number = start + frame.number
        clip.poses[number] = [_pose(result) for result in results]
        if frame.time is not None:
            clip.times[number] = round(frame.time, 6)


def _pose(result: dict[str, Any]) -> Pose:
    values = np.reshape(result['keypoints'], (-1, 3))
    return Pose(values[:, :2], values[:, 2], result['score'], result.get('track_id'))


def keypoints_of(metadata: KeypointMetadata) -> Keypoints:
    """Return the names, skeleton, and pairs as they stand: (left, right) by their order."""
    flip = metadata.flip_indices
    pairs = [(index, other) for index, other in enumerate(flip) if index < other]
    return Keypoints(metadata.names, metadata.skeleton, pairs)
