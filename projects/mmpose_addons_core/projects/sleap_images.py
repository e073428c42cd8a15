"""Images of SLEAP's videos: of video files, lists, pages of a TIFF file, or embedded ones."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..media.errors import InputError
from ..media.images import count_pages, read_pages
from ..media.kinds import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from ..media.video_reader import VideoReader
from .find_files import FileFinder, composed
from .labels import Frame, Instance, ProjectError


def images_of(videos: Sequence[Any], finder: FileFinder) -> list['Images']:
    """Return the images of sleap-io's videos, each with a name that no other video has.

    A name is the end of the video's path, with as many folders as it needs.
    """
    paths = [_path(video) for video in videos]
    ends = Counter(path[begin:] for path in {*paths} for begin in range(len(path)))
    names = [
        '/'.join(next((end for end in _ends(path) if ends[end] == 1), path)) for path in paths
    ]
    return [Images(*one, finder) for one in zip(videos, names, strict=True)]


def _ends(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (path[begin:] for begin in reversed(range(len(path))))


def _path(video: Any) -> tuple[str, ...]:
    """Return the folders and the name of a video, of a list of images those of their folder."""
    embedded = _is_embedded(video)
    original = video.source_video if embedded and video.source_video is not None else video
    several = isinstance(original.filename, list)
    path = _parts(original.filename[0] if several else original.filename)
    if embedded and original is video:
        path += _parts(video.backend.dataset)[:1]
    return (path[:-1] if several and len(path) > 1 else path) or ('video',)


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r'[\\/]+', str(name)) if part)


def _is_embedded(video: Any) -> bool:
    return bool(getattr(video.backend, 'has_embedded_images', False))


class Images:
    """Images of one of sleap-io's videos.

    Args:
        video: Of sleap-io.
        name: For the data set.
        finder: Finds files that lie elsewhere than the video says.
    """

    def __init__(self, video: Any, name: str, finder: FileFinder) -> None:
        self.video, self.name = video, name
        self._several = isinstance(video.filename, list)
        names = video.filename if self._several else [video.filename]
        self._files = [self._find(str(name), finder) for name in names]
        self._embedded = _is_embedded(video)
        self._in_order: _InOrder | None = None
        file = self._files[0]
        if self._several or self._embedded or file is None:
            return
        if file.suffix.lower() in VIDEO_SUFFIXES or count_pages(file) > 1:
            self._in_order = _InOrder(file)
        else:
            video.replace_filename(str(file))

    @staticmethod
    def _find(name: str, finder: FileFinder) -> Path | None:
        parts = _parts(name)
        replaced = finder.replacements.get(composed(parts[-1]))
        return replaced or (Path(name) if os.path.isfile(name) else finder.find(parts))

    def there(self, number: int) -> bool:
        return self._embedded or self._file(number) is not None

    def frame(self, number: int, instances: list[Instance]) -> Frame:
        name = f'{Path(self.name).stem}_{number:06d}.png'
        if self._in_order is not None:
            self._in_order.wanted.add(number)
            read = self._in_order.read
            return Frame(self.name, number, name, instances, lambda: read(number))
        file = self._file(number)
        if file is not None and file.suffix.lower() in IMAGE_SUFFIXES:
            return Frame(self.name, number, file.name, instances, file)
        return Frame(self.name, number, name, instances, lambda: self._read(number))

    def _file(self, number: int) -> Path | None:
        if not self._several:
            return self._files[0]
        return self._files[number] if number < len(self._files) else None

    def _read(self, number: int) -> np.ndarray:
        try:
            # with SLEAP's flag, or if the first image is grey, one channel of three is given
            self.video.grayscale = False
            image = np.asarray(self.video[number])
        except Exception as error:  # of the video's backend
            raise ProjectError(f'{self.name}: frame {number} cannot be read: {error}') from None
        if image.ndim == 2 or image.shape[-1] == 1:
            return cv2.cvtColor(image.reshape(image.shape[:2]), cv2.COLOR_GRAY2BGR)
        return cv2.cvtColor(image, cv2.COLOR_RGB2BGR)


class _InOrder:
    """Frames of a video, or pages of a TIFF file, by their true places in it.

    sleap-io counts the frames that can be decoded, so that all behind a broken one move.
    Frames that are read in increasing order need one pass.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.wanted: set[int] = set()
        self._frames: Iterator[tuple[int, np.ndarray]] = iter(())
        self._last, self._image = -1, np.empty(0)
        self._asked = -1

    def read(self, number: int) -> np.ndarray:
        """Return a frame, (H, W, 3), uint8, BGR.

        Raises:
            ProjectError: The file cannot be read, or has not this frame.
        """
        if self._asked < 0 or number < self._asked:
            self._frames, self._last = self._all(), -1
        self._asked = number
        try:
            while self._last < number:
                self._last, self._image = next(self._frames)
        except StopIteration:
            pass
        except InputError as error:
            raise ProjectError(f'frame {number}: {error}') from None
        if self._last != number:
            raise ProjectError(f'{self.file}: frame {number} is not there or is damaged')
        return self._image

    def _all(self) -> Iterator[tuple[int, np.ndarray]]:
        if self.file.suffix.lower() not in VIDEO_SUFFIXES:
            yield from enumerate(page.image for page in read_pages(self.file))
            return
        reader = VideoReader(self.file)
        try:
            for frame in reader.frames(lambda *missing: None, self.wanted):
                yield frame.number, frame.image
        finally:
            reader.close()
