"""Read images one at a time from files, folders, videos, arrays and lists."""

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import read_pages
from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_core.message_texts import shown

from .sources import Source, sources_in

__all__ = ['Frame', 'Input', 'InputError', 'Lost', 'Report', 'read_frames']

Input = str | Path | np.ndarray | Source
"""A file, a folder of images, a stream's address, or an image (H, W, 3), uint8, BGR."""

LONGEST_SIDE = 32766
"""px; OpenCV's warpAffine, which cuts the crops, counts pixels in 16 bits."""


@dataclass(frozen=True)
class Frame:
    """A decoded image.

    Attributes:
        image: (H, W, 3), uint8, BGR.
        index: Its number in the whole input, from 0; frames that cannot be read count.
        path: The file it comes from; None for an array or a stream.
        time: Of a frame of a video or an animation, in seconds from the first frame, by the
            file's time stamps; by number and frame rate where the file has none. None
            elsewhere.
        number: Its number in its file, from 0; frames that cannot be read count.
        source: The number of its file among all files of the input, from 0.
        bits: Bits of 16 that the file fills, of which the upper 8 are kept; 8 of other files.
        segment: Of a long video, see ``mmpose_addons_core.media.segment_borders``.
    """

    image: np.ndarray
    index: int
    path: Path | None = None
    time: float | None = None
    number: int = 0
    source: int = 0
    bits: int = 8
    segment: int = 0


@dataclass(frozen=True)
class Lost:
    """Frames that cannot be read.

    Attributes:
        source: The number of their file among all files of the input, from 0.
        message: File, frames and reason.
        frames: Their numbers in the file; None where they are not known.
    """

    source: int
    message: str
    frames: range | None = None

    @property
    def count(self) -> int:
        """Return the number of frames, 0 if it is unknown."""
        return 0 if self.frames is None else len(self.frames)


Report = Callable[[Lost], None]


def read_frames(
    inputs: Input | Iterable[Input], report: Report | None = None
) -> Iterator[Frame]:
    """Decode images one by one, each once; nothing is kept.

    Args:
        inputs: A file, a folder (its images in the order of the numbers in their names, not
            those of folders in it), a video, the number of a camera, a stream's address, an
            array, or any iterable of these. All pages of a TIFF file and all frames of an
            animation are read. A file's content decides what it is, not its suffix.
        report: Called with what cannot be read, which is then passed over. Without it, a file
            that cannot be read raises, and missing frames of a video are a warning.

    Raises:
        InputError: Something is missing, not readable, or not an image.

    Example:
        >>> [frame.index for frame in read_frames([np.zeros((4, 4, 3), np.uint8)] * 2)]
        [0, 1]
    """
    start = 0
    for number, source in enumerate(_flat(inputs)):
        if isinstance(source, np.ndarray):
            yield Frame(_checked(source), start, source=number)
            start += 1
            continue
        end = start

        def note(
            frames: range | None,
            message: str,
            file_lost: bool = False,
            start: int = start,
            number: int = number,
        ) -> None:
            nonlocal end
            end = max(end, start + (frames.stop if frames else 0))
            if report:
                report(Lost(number, message, frames))
            elif file_lost:
                raise InputError(message)
            else:
                warnings.warn(message, stacklevel=3)

        for frame in _frames_of(source, note):
            end = start + frame.number + 1
            yield Frame(
                frame.image,
                start + frame.number,
                source.path,
                frame.time,
                frame.number,
                number,
                frame.bits,
                frame.segment,
            )
        start = max(end, start)


def frames_and_losses(inputs: Input | Iterable[Input]) -> Generator[Frame | Lost, None, None]:
    """Yield what :func:`read_frames` yields and reports, in order.

    Args:
        inputs: As of :func:`read_frames`.
    """
    lost: list[Lost] = []
    for frame in read_frames(inputs, lost.append):
        yield from lost
        lost.clear()
        yield frame
    yield from lost


def _flat(inputs: Input | Iterable[Input]) -> Iterator[Source | np.ndarray]:
    if isinstance(inputs, (np.ndarray, Source)):
        yield inputs
    elif isinstance(inputs, (str, os.PathLike)):
        yield from sources_in(inputs)
    else:
        for item in inputs:
            yield from _flat(item)


def _checked(image: np.ndarray) -> np.ndarray:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise InputError(
            f'an image is an array (H, W, 3), uint8, BGR; got {image.shape}, {image.dtype}'
        )
    return _of_usable_size(image, 'an array')


def _of_usable_size(image: np.ndarray, name: str) -> np.ndarray:
    """Return the image, if crops can be cut from it.

    Raises:
        InputError: It has no pixel, or a side longer than OpenCV's warps take.
    """
    height, width = image.shape[:2]
    if not 0 < min(height, width) <= max(height, width) <= LONGEST_SIDE:
        raise InputError(
            f'{name}: sides must be 1 to {LONGEST_SIDE} px, got {width} x {height}'
        )
    return image


def _frames_of(source: Source, note: Callable[..., None]) -> Iterator[Frame]:
    """Yield frames of a source, numbered within it."""
    known = None if source.count is None else range(source.count)
    if source.problem:
        note(known, source.problem, file_lost=True)
    elif source.kind in ('video', 'stream'):
        yield from _video(source, known, note)
    else:
        number = 0
        try:
            for page in read_pages(source.location):
                image = _of_usable_size(page.image, shown(source.location))
                yield Frame(image, number, time=page.time, number=number, bits=page.bits)
                number += 1
        except InputError as error:
            note(range(number, max(number + 1, source.count or 1)), str(error), file_lost=True)


def _video(source: Source, known: range | None, note: Callable[..., None]) -> Iterator[Frame]:
    name = shown(source.location)
    try:
        reader = VideoReader(source.location)
    except InputError as error:
        note(known, str(error), file_lost=True)
        return
    decoded = lost = 0

    def missing(frames: range | None, reason: str) -> None:
        nonlocal lost
        lost += 1
        note(frames, f'{name}: {_described(frames)}{reason}')

    try:
        for frame in reader.frames(missing):
            decoded += 1
            yield Frame(
                frame.image,
                frame.number,
                time=frame.time,
                number=frame.number,
                segment=frame.segment,
            )
    finally:
        reader.close()
    if not decoded:
        frames = None if lost else known
        note(frames, f'{name} contains no readable frame', file_lost=True)


def _described(frames: range | None) -> str:
    """Return the start of a message that names missing frames.

    >>> _described(range(3, 4)), _described(range(3, 6)), _described(None)
    ('frame 3 is missing: ', 'frames 3 to 5 are missing: ', '')
    """
    if frames is None:
        return ''
    if len(frames) == 1:
        return f'frame {frames.start} is missing: '
    return f'frames {frames.start} to {frames.stop - 1} are missing: '
