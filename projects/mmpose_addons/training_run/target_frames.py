"""Pick target frames and write them as images with a COCO file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mmpose_addons_core.datasets.converters.unlabelled_frames import unlabelled_frames
from mmpose_addons_core.datasets.frames_apart import appearance_of
from mmpose_addons_core.fileio import write_json
from mmpose_addons_core.image_writing import write_image
from mmpose_addons_core.media.key_frames import decode_key_frames, key_frames
from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_core.message_texts import listed, shown
from mmpose_addons_core.progress import progress_bar
from mmpose_addons_core.projects.predictions import Clip
from mmpose_addons_core.training_plan import PlanError, read_run_file
from mmpose_addons_core.training_plan.frame_choice import (
    candidates,
    choose_frames,
    share_out,
)
from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.frames import Lost, read_frames
from mmpose_addons_runtime.sources import Source

from .target_boxes import BoxesOf, whole_frames

Unread = tuple[int, str]
"""Number of frames, 1 where it is not known, and a message: file, frames and reason."""
LONG = 20_000
"""Frames of a video from which on key frames are taken, if there are enough."""


def write_target(
    sources: Sequence[Source], target: Path, count: int, boxes: BoxesOf = whole_frames
) -> list[Unread]:
    """Write ``frames/<video>/<number>.jpg`` and ``frames.json``, unless they are there.

    What was left out is kept in ``left_out.json``.

    Of a long video key frames are taken, as those before a frame need not be decoded then.

    Args:
        sources: Videos and images; images of a folder are taken as a video.
        target: Folder to write to.
        count: Number of frames of all sources.
        boxes: Gives the boxes of a folder of frames, see ``target_boxes``.

    Returns:
        What cannot be read.

    Raises:
        PlanError: No frame can be read, none has a box, or files of an earlier part of the run
            are damaged.
        ConversionError, ModelError: Boxes or detector are wrong.
    """
    file = target / 'frames.json'
    left_out = target / 'left_out.json'
    if file.is_file():
        return [(int(count), str(text)) for count, text in read_run_file(left_out, list)]
    lost: list[Unread] = []
    collected = CollectedPredictions(sources)
    lengths = [len(clip.images) or _length(clip, sources) for clip in collected.clips]
    with progress_bar('Picking frames', sum(lengths)) as advance:
        for clip, length, share in zip(
            collected.clips, lengths, share_out(lengths, count), strict=True
        ):
            _write_clip(clip, length, share, target / 'frames' / clip.name, lost)
            advance(length)
    if not any((target / 'frames').rglob('*.jpg')):
        texts = listed((text for _, text in lost), between='; ')
        raise PlanError(f'expected frames that can be read, got none: {texts}')
    found = boxes(target / 'frames')
    if found is not None and not found:
        picked = count_frames(target)
        raise PlanError(f'--boxes: expected boxes in {picked} frames, got none')
    content = unlabelled_frames(target / 'frames', videos=False, boxes=found)
    write_json(left_out, lost)
    write_json(file, content)
    return lost


def count_frames(target: Path) -> int:
    """Count the frames that were picked, also those without a box."""
    return sum(1 for _ in (target / 'frames').rglob('*.jpg'))


def _length(clip: Clip, sources: Sequence[Source]) -> int:
    return next(s.count or 0 for s in sources if s.location == clip.location)


def _write_clip(clip: Clip, length: int, share: int, folder: Path, lost: list[Unread]) -> None:
    """Write the candidates, then remove those that are not picked."""
    wanted = candidates(length, share) if share else []
    files, points = [], []
    for number, image in _frames(clip, wanted, length, lost):
        file = folder / f'{number:06}.jpg'
        write_image(file, image)
        files.append(file)
        points.append(appearance_of(image))
    kept = set(choose_frames(np.array(points), share)) if files else set()
    for index, file in enumerate(files):
        if index not in kept:
            file.unlink()


def _frames(
    clip: Clip, wanted: Sequence[int], length: int, lost: list[Unread]
) -> Iterator[tuple[int, np.ndarray]]:
    """Read numbers and images of the wanted frames of a clip, or of some near them."""

    def note(what: Lost) -> None:
        lost.append((max(1, what.count), what.message))

    if clip.images or not wanted:
        for number in wanted:
            for frame in read_frames(clip.images[number], note):
                yield number, frame.image
        return
    places = key_frames(clip.location, len(wanted)) if length > LONG else []
    keys = [*decode_key_frames(clip.location, places)]
    if places and len(keys) == len(places):  # others are no starting points of decoding
        yield from ((found.number, found.image) for found in keys)
        return
    reader = VideoReader(clip.location)

    def missing(frames: range | None, why: str) -> None:
        text = f'{shown(clip.location)}: {_named(frames, length)}{why}'
        lost.append((len(frames or [0]), text))

    try:
        # to the end, as only then missing frames are reported
        for found in reader.frames(missing, {*wanted}):
            yield found.number, found.image
    finally:
        reader.close()


def _named(frames: range | None, length: int) -> str:
    """Return the start of a message that names missing frames.

    >>> _named(range(3, 4), 40), _named(range(20, 40), 40), _named(None, 40)
    ('frame 3 of 40 cannot be read: ', 'frames 20 to 39 of 40 cannot be read: ', '')
    """
    if frames is None:
        return ''
    last = f' to {frames.stop - 1}' if len(frames) > 1 else ''
    plural = 's' if last else ''
    return f'frame{plural} {frames.start}{last} of {length} cannot be read: '
