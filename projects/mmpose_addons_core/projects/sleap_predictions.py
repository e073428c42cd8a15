"""Predictions as a SLEAP file (.slp), written by sleap-io."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..message_texts import in_utf8
from .hdf5_writing import hdf5_write
from .predictions import Clip, Keypoints


def sleap_labels(clips: Sequence[Clip], keypoints: Keypoints) -> Any:
    """Build sleap-io's ``Labels`` of all clips.

    Each clip is a video, each pose a ``PredictedInstance``, and each track number of a clip a
    ``Track`` of its own. Frames without a pose are left out, as SLEAP does.
    """
    import sleap_io as sio

    nodes = _nodes(keypoints.names)
    skeleton = sio.Skeleton(
        nodes,
        [sio.Edge(nodes[a], nodes[b]) for a, b in keypoints.skeleton],
        [sio.Symmetry([nodes[a], nodes[b]]) for a, b in keypoints.pairs],
        name='skeleton',
    )
    videos: list[Any] = []
    frames: list[Any] = []
    all_tracks: list[Any] = []
    for clip in clips:
        video = _video(clip)
        numbers = sorted(
            {p.track for poses in clip.poses.values() for p in poses if p.track is not None}
        )
        prefix = f'{clip.name} ' if len(clips) > 1 else ''
        tracks = {number: sio.Track(f'{prefix}track {number}') for number in numbers}
        for frame, poses in sorted(clip.poses.items()):
            instances = [
                sio.PredictedInstance.from_numpy(
                    np.asarray(pose.keypoints, float),
                    skeleton,
                    point_scores=np.asarray(pose.scores, float),
                    score=pose.score,
                    track=None if pose.track is None else tracks[pose.track],
                )
                for pose in poses
            ]
            if instances:
                frames.append(sio.LabeledFrame(video, frame, instances))
        videos.append(video)
        all_tracks += tracks.values()
    return sio.Labels(frames, videos, [skeleton], all_tracks)


def write_sleap(clips: Sequence[Clip], keypoints: Keypoints, target: Path) -> None:
    """Write one ``.slp`` file of all clips; it names videos and images by absolute paths."""
    labels = sleap_labels([_absolute(clip) for clip in clips], keypoints)
    poses = [pose for clip in clips for found in clip.poses.values() for pose in found]
    images = sum(len(image) + 100 for clip in clips for image in clip.images)
    values = sum(100 + 50 * len(pose.keypoints) for pose in poses)
    frames = sum(100 * len(clip.poses) for clip in clips)
    with hdf5_write(target, values + frames + 8 * images) as unfinished:
        labels.save(str(unfinished), format='slp', embed=False, verbose=False)


def _nodes(names: Sequence[str]) -> list[Any]:
    """Build sleap-io's nodes, whose order in a set is the same in every process.

    sleap-io writes the nodes of a ``Symmetry`` in the order of a set, so with the usual hash, a
    place in memory, equal predictions would be unequal files.
    """
    import sleap_io as sio

    class NumberedNode(sio.Node):
        number: int

        def __hash__(self) -> int:
            return self.number

    nodes = [NumberedNode(name) for name in names]
    for number, node in enumerate(nodes):
        node.number = number
    return nodes


def _video(clip: Clip) -> Any:
    """Build sleap-io's video; its size is written too, if sleap-io can open it."""
    import sleap_io as sio

    if not clip.images:
        return sio.Video(clip.location, open_backend='://' not in clip.location)
    about = dict(type='ImageVideo', filename=clip.images[0], filenames=clip.images)
    return sio.Video(clip.images, backend_metadata=about)


def _absolute(clip: Clip) -> Clip:
    location = clip.location if '://' in clip.location else str(Path(clip.location).absolute())
    images = [in_utf8(Path(image).absolute()) for image in clip.images]
    return Clip(clip.name, in_utf8(location), images, clip.poses, clip.times)
