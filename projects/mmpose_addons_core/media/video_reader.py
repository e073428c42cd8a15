"""Decode videos of files and streams: frames with their own numbers and times, by PyAV.

A frame's number is its place among the pictures that the file contains, from 0, whether they
can be decoded or not. Its time is that of the file's time stamps, in seconds from the first one.
"""

import heapq
from collections.abc import Callable, Iterator
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..shown_names import shown
from .errors import InputError
from .stream_names import device_of, is_stream

if TYPE_CHECKING:
    import av

DEFAULT_RATE = Fraction(25)  # frames a second where the file does not say
PATIENCE = 10.0  # seconds without an answer or a picture of a stream
CUT_OFF = 0.5  # seconds by which a file may be shorter than its header says
GUESSED_LENGTH = {'mpeg', 'h264', 'hevc', 'm4v', 'mpegvideo', 'mjpeg'}
"""Formats without a length, which FFmpeg then guesses by the size of the file."""
HIDDEN_PICTURES = {'vp8', 'vp9', 'av1'}
"""Codecs with packets that hold no picture of their own, so that none is missing there."""

Report = Callable[[range | None, str], None]
"""Takes the numbers of missing frames, None where they are not known, and the reason."""


class VideoFrame(NamedTuple):
    """A decoded frame.

    Attributes:
        image: (H, W, 3), uint8, BGR, upright.
        number: Its place in the file, from 0.
        time: Seconds from the first frame; always increases.
    """

    image: np.ndarray
    number: int
    time: float


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
        self._container = _opened(source, self.name)
        streams = self._container.streams
        self._stream = streams.best('video')
        if self._stream is None or self._stream.codec_context is None:
            self._container.close()
            raise InputError(f'{self.name} is not a readable video: no pictures are in it')
        self._stream.thread_type = 'AUTO'
        self.rate: Fraction = (
            self._stream.average_rate or self._stream.guessed_rate or DEFAULT_RATE
        )
        """Frames a second, on average."""
        self.promised: int | None = None if self.live else (self._stream.frames or None)
        """Frames that the file's header names; None where it does not."""

    @property
    def count(self) -> int | None:
        """About how many frames there are; None where that is not known."""
        if self.promised or self.live:
            return self.promised
        seconds = _seconds(self._container.duration)
        if seconds is None or self._container.format.name in GUESSED_LENGTH:
            return None
        return max(1, round(seconds * self.rate))

    @property
    def time_base(self) -> Fraction:
        """The unit of the file's time stamps, seconds."""
        return self._stream.time_base or 1 / self.rate

    def close(self) -> None:
        self._container.close()

    def frames(self, report: Report) -> Iterator[VideoFrame]:
        """Decode the frames; what cannot be decoded is reported and passed over.

        Damaged frames, in which the decoder had to guess, count as missing.
        """
        numbers = _Numbers(self._stream.codec_context.name not in HIDDEN_PICTURES)
        clock = _Clock(float(self.rate))
        lost: list[int] = []
        packets, ends, broken = 0, 0.0, ''
        for packet, error in self._packets():
            broken = error or broken
            if packet is None:
                break
            ends = max(ends, _end_of(packet))
            if packet.stream_index != self._stream.index:
                continue
            if packet.size:
                packets += 1
                if not packet.is_discard:
                    numbers.expect(packet.pts)
            elif packet.dts is not None:
                packets += 1  # AVI's sign that the last picture stays
                continue
            frames, error = _decoded(packet)
            if error:
                numbers.fail()
                broken = error
            for frame in frames:
                number, missing = numbers.take(frame.pts)
                lost += missing
                if frame.is_corrupt:
                    lost.append(number)
                    broken = broken or 'damaged'
                    continue
                yield VideoFrame(_upright(frame), number, clock.read(frame, number))
        lost += numbers.rest()
        lost += range(numbers.next, numbers.next + max(0, (self.promised or 0) - packets))
        for some in _ranges(lost):
            report(some, broken or 'cannot be decoded')
        self._check_length(ends, bool(lost), report)

    def _packets(self) -> Iterator[tuple[Any, str]]:
        """Packets of all streams, and the reason where reading ends early."""
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

    def _check_length(self, ends: float, known: bool, report: Report) -> None:
        """Report a file that ends before the time in its header, unless frames are named."""
        start = _seconds(self._container.start_time) or 0.0
        length = _seconds(self._container.duration)
        sure = self._container.format.name not in {*GUESSED_LENGTH, 'mpegts'}
        if known or self.live or length is None or not sure:
            return
        if 0 < ends - start < length - CUT_OFF:
            report(None, f'the file is cut off at {ends - start:.1f} s of {length:.1f} s')


class _Numbers:
    """Numbers of frames by the time stamps of the packets that were decoded before."""

    def __init__(self, every_packet: bool) -> None:
        self._waiting: list[int] = []  # time stamps, a heap
        self._by_stamp = every_packet
        self._failed = 0
        self.next = 0

    def expect(self, stamp: int | None) -> None:
        """A packet of this time stamp goes to the decoder."""
        if stamp is None:
            self._by_stamp = False
        else:
            heapq.heappush(self._waiting, stamp)

    def fail(self) -> None:
        """The decoder has refused a packet."""
        self._failed += 1

    def take(self, stamp: int | None) -> tuple[int, list[int]]:
        """The number of a frame, and the numbers missing before it."""
        missing = 0
        if not self._by_stamp or stamp is None:
            missing, self._failed = self._failed, 0
        else:
            while self._waiting and self._waiting[0] < stamp:
                heapq.heappop(self._waiting)
                missing += 1
            if self._waiting and self._waiting[0] == stamp:
                heapq.heappop(self._waiting)
        lost = list(range(self.next, self.next + missing))
        self.next += missing + 1
        return self.next - 1, lost

    def rest(self) -> list[int]:
        """Numbers missing at the end."""
        missing = len(self._waiting) if self._by_stamp else self._failed
        lost = list(range(self.next, self.next + missing))
        self.next += missing
        return lost


class _Clock:
    """Seconds from the first frame: by the time stamp if it increases, else by the rate."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._first: float | None = None
        self._start = 0.0
        self._last = -1.0

    def read(self, frame: 'av.VideoFrame', number: int) -> float:
        stamp = frame.time
        by_number = number / self._rate
        if self._last < 0:
            self._first = stamp
            # frames that are missing at the start have had their time as well
            self._start = time = by_number
        elif stamp is not None and self._first is not None:
            time = self._start + stamp - self._first
        else:
            time = by_number
        if time <= self._last:
            time = by_number if by_number > self._last else self._last + 1 / self._rate
        self._last = time
        return time


def _opened(source: str | PathLike, name: str) -> 'av.container.InputContainer':
    try:
        import av
    except ImportError as error:
        raise InputError(f'{name}: videos need PyAV (pip install av): {error}') from None
    try:
        if is_stream(source):
            address, kind = device_of(str(source))
            return av.open(
                address, format=kind, timeout=(PATIENCE, PATIENCE), metadata_errors='replace'
            )
        # an open file instead of a name: PyAV takes UTF-8 only, and reads names as addresses.
        # Playlists in it must not open other files.
        return av.open(
            Path(source).open('rb'),
            options=dict(protocol_whitelist='pipe'),
            metadata_errors='replace',
        )
    except (av.FFmpegError, OSError) as error:
        reason = error.strerror or error
        if is_stream(source):
            kind = 'camera' if name.isdecimal() else 'stream'
            raise InputError(f'{kind} {name} cannot be opened: {reason}') from None
        if isinstance(error, FileNotFoundError):
            raise InputError(f'{name} is missing') from None
        raise InputError(f'{name} is not a readable video: {reason}') from None


def _decoded(packet: Any) -> tuple[list['av.VideoFrame'], str]:
    import av

    try:
        return packet.decode(), ''
    except (av.FFmpegError, OSError) as error:
        return [], error.strerror or str(error)


def _upright(frame: 'av.VideoFrame') -> np.ndarray:
    image = frame.to_ndarray(format='bgr24')
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _end_of(packet: Any) -> float:
    """Seconds at which a packet ends; 0 where it has no time."""
    stamp = packet.dts if packet.pts is None else packet.pts
    if stamp is None or packet.time_base is None:
        return 0.0
    return float((stamp + (packet.duration or 0)) * packet.time_base)


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None or microseconds <= 0 else microseconds / 1e6


def _ranges(numbers: list[int]) -> Iterator[range]:
    """Consecutive numbers together."""
    start = previous = None
    for number in sorted(numbers):
        if previous is not None and number == previous + 1:
            previous = number
            continue
        if start is not None:
            yield range(start, previous + 1)
        start = previous = number
    if start is not None:
        yield range(start, previous + 1)
