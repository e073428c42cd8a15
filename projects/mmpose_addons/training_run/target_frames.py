"""Pick target frames and write them as images with a COCO file."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons_core.datasets.converters.unlabelled_frames import (
    read_boxes,
    unlabelled_frames,
)
from mmpose_addons_core.datasets.frames_apart import appearance_of
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.progress import progress_bar
from mmpose_addons_core.projects.predictions import Clip
from mmpose_addons_core.training_plan.frame_choice import (
    candidates,
    choose_frames,
    share_out,
)
from mmpose_addons_core.training_plan.labelled_folder import PlanError
from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.frames import Frame, Lost, read_frames
from mmpose_addons_runtime.sources import Source


def write_target(sources: Sequence[Source], target: Path, count: int, boxes: str) -> list[str]:
    """Write ``frames/<video>/<number>.jpg`` and ``frames.json``, unless they are there.

    Args:
        sources: Videos and images; images of a folder are taken as a video.
        target: Folder to write to.
        count: Number of frames of all sources.
        boxes: ``'frame'``, or a JSON file of [x, y, width, height] by name, such as
            ``clip/000120.jpg``.

    Returns:
        What could not be read.

    Raises:
        PlanError: No frame can be read.
        ConversionError: The file of boxes is wrong.
    """
    file = target / 'frames.json'
    if file.is_file():
        return []
    lost: list[str] = []
    collected = CollectedPredictions(sources)
    lengths = [len(clip.images) or _length(clip, sources) for clip in collected.clips]
    with progress_bar('Picking frames', sum(lengths)) as advance:
        for clip, length, share in zip(
            collected.clips, lengths, share_out(lengths, count), strict=True
        ):
            _write_clip(clip, length, share, target / 'frames' / clip.name, lost)
            advance(length)
    if not any((target / 'frames').rglob('*.jpg')):
        raise PlanError(f'expected frames that can be read, got none: {"; ".join(lost[:3])}')
    content = unlabelled_frames(
        target / 'frames',
        videos=False,
        boxes=None if boxes == 'frame' else read_boxes(Path(boxes)),
    )
    with atomic_write(file) as unfinished:
        unfinished.write_text(json.dumps(content), encoding='utf-8')
    return lost


def _length(clip: Clip, sources: Sequence[Source]) -> int:
    return next(s.count or 0 for s in sources if s.location == clip.location)


def _write_clip(clip: Clip, length: int, share: int, folder: Path, lost: list[str]) -> None:
    """Write the candidates, then remove those that are not picked."""
    wanted = candidates(length, share) if share else []
    files, points = [], []
    for number, frame in _frames(clip, wanted, lost):
        file = folder / f'{number:06}.jpg'
        with atomic_write(file) as unfinished:
            quality = [cv2.IMWRITE_JPEG_QUALITY, 95]
            unfinished.write_bytes(cv2.imencode('.jpg', frame.image, quality)[1].tobytes())
        files.append(file)
        points.append(appearance_of(frame.image))
    kept = set(choose_frames(np.array(points), share)) if files else set()
    for index, file in enumerate(files):
        if index not in kept:
            file.unlink()


def _frames(clip: Clip, wanted: Sequence[int], lost: list[str]) -> Iterator[tuple[int, Frame]]:
    def note(what: Lost) -> None:
        lost.append(what.message)

    if clip.images:
        for number in wanted:
            for frame in read_frames(clip.images[number], note):
                yield number, frame
        return
    numbers, last = set(wanted), max(wanted, default=-1)
    for frame in read_frames(clip.location, note):
        if frame.number in numbers:
            yield frame.number, frame
        if frame.number >= last:
            break
