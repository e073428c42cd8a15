"""Pictures from wherever they are, one at a time: files, folders, videos, arrays, lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

IMAGES = {'.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff', '.pgm', '.ppm'}
VIDEOS = {'.mp4', '.avi', '.mov', '.mkv', '.webm', '.m4v', '.mpg', '.mpeg', '.wmv', '.flv'}

Input = str | Path | np.ndarray
"""A file, a folder of images, or an image (H, W, 3), uint8, BGR."""


class InputError(ValueError):
    """A picture or a video that is missing or cannot be read."""


@dataclass(frozen=True)
class Frame:
    """A decoded picture.

    Attributes:
        image: (H, W, 3), uint8, BGR.
        index: Its number in the whole input, from 0.
        path: The file it comes from; None for an array.
        time: Of a video's frame, in seconds from the first frame, by the file's time stamps;
            by number and frame rate where the file has none. None elsewhere.
    """

    image: np.ndarray
    index: int
    path: Path | None = None
    time: float | None = None


def read_frames(inputs: Input | Iterable[Input]) -> Iterator[Frame]:
    """Decode pictures one by one, each once; nothing is kept.

    Args:
        inputs: A file, a folder (its images by name, not those of folders in it), a video,
            an array, or any iterable of these.

    Raises:
        InputError: Something is missing, not readable, or not an image.

    Example:
        >>> [frame.index for frame in read_frames([np.zeros((4, 4, 3), np.uint8)] * 2)]
        [0, 1]
    """
    for index, (image, path, time) in enumerate(_pictures(inputs)):
        yield Frame(image, index, path, time)


def count_frames(inputs: Input | Iterable[Input]) -> int | None:
    """How many frames :func:`read_frames` will give; None where that is not known before."""
    if isinstance(inputs, np.ndarray):
        return 1
    if isinstance(inputs, (str, Path)):
        path = Path(inputs)
        if path.is_dir():
            return len(_images_in(path))
        return _video_info(path)[0] if path.suffix.lower() in VIDEOS else 1
    if isinstance(inputs, (list, tuple)):
        counts = [count_frames(item) for item in inputs]
        return None if None in counts else sum(counts)  # type: ignore[arg-type]
    return None


def video_rate(path: str | Path) -> float | None:
    """Frames a second of a video; None of anything else."""
    path = Path(path)
    return _video_info(path)[1] if path.suffix.lower() in VIDEOS else None


Picture = tuple[np.ndarray, Path | None, float | None]


def _pictures(inputs: Input | Iterable[Input]) -> Iterator[Picture]:
    if isinstance(inputs, np.ndarray):
        if inputs.ndim != 3 or inputs.shape[2] != 3 or inputs.dtype != np.uint8:
            raise InputError(
                'an image is an array (H, W, 3), uint8, BGR; got '
                f'{inputs.shape}, {inputs.dtype}'
            )
        yield inputs, None, None
    elif not isinstance(inputs, (str, Path)):
        for item in inputs:
            yield from _pictures(item)
    else:
        path = Path(inputs)
        if path.is_dir():
            for file in _images_in(path):
                yield _decoded(file), file, None
        elif path.suffix.lower() in VIDEOS:
            yield from _video(path)
        else:
            yield _decoded(path), path, None


def _images_in(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in IMAGES)
    if not files:
        raise InputError(f'{folder} holds no image ({", ".join(sorted(IMAGES))})')
    return files


def _decoded(path: Path) -> np.ndarray:
    if not path.is_file():
        raise InputError(f'{path} is missing')
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f'{path} is not a readable image')
    return image


def _opened(path: Path) -> cv2.VideoCapture:
    if not path.is_file():
        raise InputError(f'{path} is missing')
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise InputError(f'{path} is not a readable video')
    return capture


def _video_info(path: Path) -> tuple[int | None, float]:
    """Frames that the file promises, and frames a second (25 where it does not say)."""
    capture = _opened(path)
    count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    rate = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    return (count if count > 0 else None), rate if rate > 0 else 25.0


def _video(path: Path) -> Iterator[Picture]:
    rate = _video_info(path)[1]
    capture = _opened(path)
    try:
        number, time, first = 0, 0.0, 0.0
        while True:
            there, image = capture.read()
            if not there:
                break
            stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if number == 0:
                first = stamp  # some backends give the end of the frame
            else:
                time = _time_of(number, stamp - first, time, rate)
            yield image, path, time
            number += 1
    finally:
        capture.release()
    if not number:
        raise InputError(f'{path} holds no readable frame')


def _time_of(number: int, stamp: float, previous: float, rate: float) -> float:
    """Seconds from the first frame: the time stamp if it increases, else by the rate."""
    if stamp > previous:
        return stamp
    return number / rate if number / rate > previous else previous + 1 / rate
