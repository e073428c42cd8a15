"""Decode videos of files and streams: frames with their own numbers and times, by PyAV.

A frame's number is its place among the images that the file contains, from 0, whether they
can be decoded or not. Its time is that of the file's time stamps, in seconds from the first.
"""

import io
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..message_texts import shown
from .errors import InputError
from .frame_numbers import FrameClock, FrameNumbers, ranges, with_end
from .kinds import check_ordinary, is_text
from .segment_borders import SegmentBorders
from .stream_names import device_of, is_stream

if TYPE_CHECKING:
    import av

DEFAULT_RATE = Fraction(25)  # frames a second where the file does not say
PATIENCE = 10.0  # seconds without an answer or an image of a stream
CUT_OFF = 0.5  # seconds by which a file may be shorter than its header says
GUESSED_LENGTH = {'mpeg', 'h264', 'hevc', 'm4v', 'mpegvideo', 'mjpeg'}
"""Formats without a length, which FFmpeg then guesses by the size of the file."""
HIDDEN_FRAMES = {'vp8', 'vp9', 'av1'}
"""Codecs with packets that hold no image of their own, so that none is missing there."""

GUESSED_STAMPS = {'h264', 'hevc'}
"""Codecs whose reordered frames get wrong time stamps from FFmpeg if they are in AVI files."""

Report = Callable[[range | None, str], None]
"""Takes the numbers of missing frames, None where they are not known, and the reason."""


class VideoFrame(NamedTuple):
    """A decoded frame.

    Attributes:
        image: (H, W, 3), uint8, BGR, upright.
        number: Its place in the file, from 0.
        time: Seconds from the first frame; always increases.
        segment: Of a long video, see :class:`~.segment_borders.SegmentBorders`.
    """

    image: np.ndarray
    number: int
    time: float
    segment: int = 0


class VideoReader:
    """The frames of a video file, a camera or a stream.

    Args:
        source: A file, of any suffix; the number of a camera; or a stream's address, such as
            ``rtsp://...``.

    Raises:
        InputError: It is missing, no video, or does not answer.
    """

    def __init__(self, source: str | PathLike) -> None:
        self.name = shown(source)
        self.live = is_stream(source)
        self._files = ExitStack()
        self._container = _opened(source, self.name, self._files)
        streams = self._container.streams
        self.stream = streams.best('video')
        if self.stream is None or self.stream.codec_context is None:
            self.close()
            raise InputError(f'{self.name} is not a readable video: no images are in it')
        self.stream.thread_type = 'AUTO'
        self.rate: Fraction = (
            self.stream.average_rate or self.stream.guessed_rate or DEFAULT_RATE
        )
        """Frames a second, on average."""
        promised = 0 if self.live else self.stream.frames
        # a frame takes a byte at least, so a larger number is a broken header
        self.promised: int | None = promised if 0 < promised <= self._container.size else None
        """Frames that the file's header names; None where it does not."""

    @property
    def count(self) -> int | None:
        """About how many frames there are; None where that is not known."""
        if self.promised or self.live:
            return self.promised
        return None if self.seconds is None else max(1, round(self.seconds * self.rate))

    @property
    def seconds(self) -> float | None:
        """The length that the file's header names; None where it does not."""
        if self.live or self._container.format.name in GUESSED_LENGTH:
            return None
        return _seconds(self._container.duration)

    @property
    def time_base(self) -> Fraction:
        """The unit of the file's time stamps, seconds."""
        return self.stream.time_base or 1 / self.rate

    def close(self) -> None:
        self._files.close()

    def frames(
        self, report: Report, wanted: Container[int] | None = None
    ) -> Iterator[VideoFrame]:
        """Decode the frames; what cannot be decoded is reported and passed over.

        Damaged frames, in which the decoder had to guess, count as missing.

        Args:
            report: Takes what is missing.
            wanted: Numbers of the frames to give; None: all.
        """
        codec = self.stream.codec_context
        guessed = (
            self._container.format.name == 'avi'
            and codec.name in GUESSED_STAMPS
            and codec.has_b_frames
        )
        numbers = FrameNumbers(codec.name not in HIDDEN_FRAMES and not guessed)
        clock = FrameClock(float(self.rate))
        borders = SegmentBorders(self.time_base, self.stream.start_time)
        lost: list[int] = []
        packets, ends, broken = 0, 0.0, ''
        for packet, error in self.packets():
            broken = error or broken
            if packet is None:
                break
            ends = max(ends, end_of(packet))
            if packet.stream_index != self.stream.index:
                continue
            if packet.size:
                packets += 1
                if not packet.is_discard:
                    numbers.expect(packet.pts)
                    if packet.is_keyframe and packet.pts is not None:
                        borders.read_key(packet.pts)
            elif packet.dts is not None:
                packets += 1  # AVI's sign that the last image stays
                continue
            frames, error = decoded(packet)
            if error:
                numbers.fail()
                broken = error
            for frame in frames:
                number, missing = numbers.take(frame.pts)
                lost += missing
                if number is None:
                    continue
                if frame.is_corrupt:
                    lost.append(number)
                    broken = broken or 'damaged'
                    continue
                if wanted is not None and number not in wanted:
                    continue
                time = clock.read(None if guessed else frame.time, number)
                segment = borders.segment_of(frame.pts)
                yield VideoFrame(upright(frame), number, time, segment)
        lost += numbers.rest()
        missing_at_end = max(0, (self.promised or 0) - packets)
        for some in with_end(ranges(lost), numbers.next, missing_at_end):
            report(some, broken or 'cannot be decoded')
        if not lost and (cut_off := self.cut_off(ends)):
            report(None, cut_off)

    def seek(self, stamp: int) -> bool:
        """Go to the first key frame from a time stamp on, as far as the file lets find it.

        Returns:
            Whether there is one.
        """
        import av

        try:
            self._container.seek(stamp, backward=False, stream=self.stream)
        except (av.FFmpegError, OSError):
            return False
        return True

    def packets(self) -> Iterator[tuple[Any, str]]:
        """Yield PyAV's packets of all streams; None and a reason where reading ends early."""
        import av

        packets = self._container.demux()
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError) as error:
                yield None, error.strerror or str(error)
                return
            yield packet, ''

    def cut_off(self, ends: float) -> str:
        """Say if a file ends before the time in its header.

        Args:
            ends: Time at which the last packet ends, seconds.

        Returns:
            What is wrong; empty if nothing is.
        """
        start = _seconds(self._container.start_time) or 0.0
        length = _seconds(self._container.duration)
        sure = self._container.format.name not in {*GUESSED_LENGTH, 'mpegts'}
        if (
            not self.live
            and length is not None
            and sure
            and 0 < ends - start < length - CUT_OFF
        ):
            return f'the file is cut off at {ends - start:.1f} s of {length:.1f} s'
        return ''


def _opened(source: str | PathLike, name: str, files: ExitStack) -> Any:
    """Open a container, which `files` closes."""
    try:
        import av
    except ImportError as error:
        raise InputError(f'{name}: videos need PyAV (pip install av): {error}') from None
    address: Any
    options: dict[str, Any]
    try:
        if is_stream(source):
            address, kind = device_of(str(source))
            options = dict(format=kind, timeout=(PATIENCE, PATIENCE))
        else:
            check_ordinary(source)
            # an open file instead of a name: PyAV takes UTF-8 only, and reads names as
            # addresses
            address = files.enter_context(io.FileIO(source))
            if is_text(address.read(1024)):
                files.close()
                raise InputError(f'{name} is not a readable video: it contains text')
            address.seek(0)
            options = {}
        return files.enter_context(av.open(address, metadata_errors='replace', **options))
    except (av.FFmpegError, OSError) as error:
        files.close()
        reason = error.strerror or error
        if is_stream(source):
            kind = 'camera' if name.isdecimal() else 'stream'
            raise InputError(f'{kind} {name} cannot be opened: {reason}') from None
        if isinstance(error, FileNotFoundError):
            raise InputError(f'{name} is missing') from None
        raise InputError(f'{name} is not a readable video: {reason}') from None


def decoded(packet: Any) -> tuple[list['av.VideoFrame'], str]:
    """Return the frames that a packet gives, and the error where it cannot be decoded.

    A stream in place of a packet gives what is left in its decoder.
    """
    import av

    try:
        return packet.decode(), ''
    except (av.FFmpegError, OSError) as error:
        return [], error.strerror or str(error)


def upright(frame: 'av.VideoFrame') -> np.ndarray:
    """Return the image (H, W, 3), uint8, BGR, turned and mirrored as the file says."""
    image = frame.to_ndarray(format='bgr24')
    turns = round(frame.rotation / 90) % 4
    mirrored = _is_mirrored(frame)
    if mirrored:  # the rotation is that of a row, so a mirrored image differs by its columns
        image = image[::-1]
    return np.ascontiguousarray(np.rot90(image, turns)) if turns or mirrored else image


def _is_mirrored(frame: 'av.VideoFrame') -> bool:
    """Return whether the header's matrix (x, y) -> (ax + cy, bx + dy) mirrors the image."""
    stored: Any = frame.side_data.get('DISPLAYMATRIX')
    if stored is None:
        return False
    a, b, _, c, d, *_ = np.frombuffer(memoryview(stored)[:36], np.int32).astype(float)
    return bool(a * d < b * c)


def end_of(packet: Any) -> float:
    """Return the seconds at which a packet ends; 0 where it has no time."""
    stamp = packet.dts if packet.pts is None else packet.pts
    if stamp is None or packet.time_base is None:
        return 0.0
    return float((stamp + (packet.duration or 0)) * packet.time_base)


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None or microseconds <= 0 else microseconds / 1e6
