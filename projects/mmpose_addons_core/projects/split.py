"""Divide frames into a training and a validation part."""

from collections.abc import Sequence

import numpy as np

from .labels import Frame, ProjectError

SPLITS = ('video', 'time', 'none')


def split_frames(
    frames: Sequence[Frame], how: str = 'video', share: float = 0.2, seed: int = 0
) -> dict[str, list[Frame]]:
    """Split frames into ``'train'`` and ``'val'``.

    A split that the tool has made is kept.

    Args:
        frames: All frames.
        how: ``'video'``: no video has frames in both parts; with one video there is no ``val``.
            ``'time'``: the last frames of each video are ``val``, though they look like the
            others. ``'none'``: all are ``train``.
        share: Share of ``val``; of the frames, as near as whole videos allow.
        seed: Of the choice of videos.

    Raises:
        ProjectError: If ``how`` or ``share`` makes no sense.
    """
    if how not in SPLITS or not 0 < share < 1:
        raise ProjectError(
            f'expected one of {SPLITS} and a share in (0, 1), got {how}, {share}'
        )
    if how != 'none' and {frame.split for frame in frames} == {'train', 'val'}:
        return {
            part: [frame for frame in frames if frame.split == part]
            for part in ('train', 'val')
        }
    val: set[int] = set()
    if how == 'video':
        val = _whole_videos(frames, share, seed)
    elif how == 'time':
        for members in _videos(frames).values():
            ordered = sorted(members, key=lambda i: (frames[i].number or 0, frames[i].name))
            val.update(ordered[len(ordered) - round(share * len(ordered)) :])
    return {
        'train': [frame for i, frame in enumerate(frames) if i not in val],
        'val': [frame for i, frame in enumerate(frames) if i in val],
    }


def _videos(frames: Sequence[Frame]) -> dict[str, list[int]]:
    videos: dict[str, list[int]] = {}
    for index, frame in enumerate(frames):
        videos.setdefault(frame.video, []).append(index)
    return videos


def _whole_videos(frames: Sequence[Frame], share: float, seed: int) -> set[int]:
    """Draw whole videos in random order up to about the share; never all of them."""
    videos = [*_videos(frames).values()]
    wanted, chosen = share * len(frames), set[int]()
    for place in np.random.default_rng(seed).permutation(len(videos))[:-1]:
        members = videos[place]
        if chosen and abs(len(chosen) + len(members) - wanted) > abs(len(chosen) - wanted):
            continue
        chosen.update(members)
        if len(chosen) >= wanted:
            break
    return chosen
