"""Find the images, files of several pages, videos and streams of the inputs of a run."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import count_pages
from mmpose_addons_core.media.kinds import images_in, is_image
from mmpose_addons_core.media.stream_names import is_stream, stream_name
from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_core.message_texts import shown

PART_IMAGES = 64
"""Most images of a part; a multiple of the usual batch sizes."""


@dataclass(frozen=True)
class Source:
    """One file or stream of an input.

    Attributes:
        location: The file's path as given; the address of a stream.
        input: Which input it belongs to, from 0.
        kind: ``'image'``, ``'pages'`` (animation, TIFF of several pages), ``'video'``,
            ``'stream'``.
        count: Number of frames; None where it is not known.
        rate: Frames a second of a video or stream.
        time_base: Unit of its time stamps, seconds.
        seconds: Length of a video by its header; None where it is not known.
        problem: Why it cannot be read, if that is known already.
    """

    location: str
    input: int = 0
    kind: str = 'image'
    count: int | None = 1
    rate: Fraction | None = None
    time_base: Fraction | None = None
    seconds: float | None = None
    problem: str = ''

    @property
    def has_frames(self) -> bool:
        """Whether it may have more than one frame, which are then numbered."""
        return self.kind != 'image'

    @property
    def path(self) -> Path | None:
        """The file; None of a stream."""
        return None if self.kind == 'stream' else Path(self.location)

    @property
    def name(self) -> str:
        """Name without folder and suffix, for what is made of it."""
        return Path(self.location).stem if self.path else stream_name(self.location)


def find_sources(inputs: Iterable[str | Path]) -> tuple[list[Source], list[Path]]:
    """Find the sources of all inputs, in order; those of a folder by the numbers in names.

    Args:
        inputs: Images, folders of images, videos, numbers of cameras, addresses of streams.

    Returns:
        The sources, and the videos and folders within folders, which are not read.

    Raises:
        InputError: An input is missing, or a folder without images.
    """
    sources: list[Source] = []
    left_out: list[Path] = []
    for number, item in enumerate(inputs):
        if os.path.isdir(item):
            images, others = _listed(Path(item))
            sources += [_image(path, number) for path in images]
            left_out += others
        else:
            sources.append(source_of(item, number))
    return sources, left_out


def sources_in(item: str | Path, number: int = 0) -> Iterator[Source]:
    """Yield the sources of one input, one by one, as :func:`find_sources` finds them."""
    if os.path.isdir(item):
        yield from (_image(path, number) for path in _listed(Path(item))[0])
    else:
        yield source_of(item, number)


def source_of(item: str | Path, number: int = 0) -> Source:
    """Return the source of an input that is no folder.

    Raises:
        InputError: The file is missing, or a pipe, or its name is empty.
    """
    location = os.fspath(item)
    if not location:
        raise InputError('an input has an empty name')
    if is_stream(item):
        return Source(location, number, 'stream', None)
    path = Path(item)
    try:
        if is_image(path):
            return _image(path, number)
    except FileNotFoundError:
        raise InputError(f'{shown(path)} is missing') from None
    except OSError as error:
        reason = f'{shown(path)} cannot be read: {error.strerror or error}'
        return Source(location, number, problem=reason)
    try:
        reader = VideoReader(path)
    except InputError as error:
        return Source(location, number, 'video', None, problem=str(error))
    try:
        return Source(
            location,
            number,
            'video',
            reader.count,
            reader.rate,
            reader.time_base,
            reader.seconds,
        )
    finally:
        reader.close()


def split_sources(sources: Sequence[Source], whole_inputs: bool = False) -> list[range]:
    """Split sources into the parts of a run, see :mod:`~.parts`.

    Args:
        sources: Of the run.
        whole_inputs: All sources of an input are one part, as for tracks and videos.

    Returns:
        The numbers of each part's sources.

    Example:
        >>> photo, video = Source('a.jpg'), Source('b.mp4', kind='video')
        >>> split_sources([photo, photo, video, photo])
        [range(0, 2), range(2, 3), range(3, 4)]
    """
    parts: list[range] = []
    for number, source in enumerate(sources):
        last = parts[-1] if parts else range(0)
        before = sources[last.start] if last else None
        if before is not None and (
            before.input == source.input
            if whole_inputs
            else not (before.has_frames or source.has_frames) and len(last) < PART_IMAGES
        ):
            parts[-1] = range(last.start, number + 1)
        else:
            parts.append(range(number, number + 1))
    return parts


def _image(path: Path, number: int) -> Source:
    pages = count_pages(path)
    return Source(str(path), number, 'pages' if pages > 1 else 'image', pages)


def _listed(folder: Path) -> tuple[list[Path], list[Path]]:
    try:
        return images_in(folder)
    except OSError as error:
        raise InputError(f'{shown(folder)} cannot be read: {error.strerror or error}') from None
