"""Decode one segment of a long video, so that several processes share the video.

The frames of all segments must be those of a process that decodes the whole video. So each
packet has to give one whole frame at its own time, and the first frames of a segment are
compared with those that the segment before it has decoded as well. Whatever differs is refused.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from os import PathLike
from typing import Any

from .errors import InputError
from .segment_borders import SegmentBorders
from .video_reader import VideoFrame, VideoReader, decoded, end_of, upright

CHECKED = 8
"""Frames after the start of a segment that are compared."""
MARGIN = 5
"""Seconds before a block at which reading begins; files are searched by times of decoding."""


class SegmentError(InputError):
    """A video cannot be split so that its segments give the frames of the whole video."""


@dataclass
class SegmentEnds:
    """What connects a segment with its neighbours.

    Attributes:
        start: Time stamp of its first frame; None if it has none.
        stop: Time stamp of the next segment's first frame; None at the end of the file.
        frames: Number of its frames.
        seconds: The latest time at which a packet of the file ends, as far as it was read.
        first, after: Time stamps and checksums of its first frames, and of the first ones after
            it.
    """

    start: int | None = None
    stop: int | None = None
    frames: int = 0
    seconds: float = 0.0
    first: list[list[int]] = field(default_factory=list)
    after: list[list[int]] = field(default_factory=list)


class VideoSegment:
    """The frames of a segment.

    Args:
        source: A video file.
        number: Of the segment, see :class:`SegmentBorders`.
        last: Whether it goes on until the end of the file.

    Attributes:
        ends: Complete when all frames have been read.

    Raises:
        InputError: The file is missing or no video.
    """

    def __init__(self, source: str | PathLike, number: int, last: bool = False) -> None:
        self._reader = reader = VideoReader(source)
        self._number, self._last = number, last
        self._borders = SegmentBorders(reader.time_base, reader.stream.start_time, number)
        self._stamps: list[int] = []  # of packets, in the order of decoding
        self.ends = SegmentEnds()

    def close(self) -> None:
        self._reader.close()

    def frames(self) -> Iterator[VideoFrame]:
        """Decode the frames.

        Yields:
            Frames whose numbers count from the segment's first one. The time is that of the
            time stamp in seconds, not from the first frame.

        Raises:
            SegmentError: They may not be those of the whole video.
        """
        ends, shown = self.ends, list[int]()
        for frame in self._decoded():
            stamp = frame.pts
            if stamp is None:
                raise SegmentError('a frame has no time stamp')
            if ends.start is None:
                ends.start = stamp
            if stamp < ends.start and self._number:
                continue  # it belongs to the segment before
            if frame.is_corrupt:
                raise SegmentError('a frame is damaged')
            following = ends.stop is not None and stamp >= ends.stop
            compared = ends.after if following else ends.first
            if following and len(compared) == CHECKED:
                continue
            image = upright(frame)
            if len(compared) < CHECKED:
                compared.append([stamp, zlib.crc32(image.data)])
            if not following:
                shown.append(stamp)
                number = len(shown) - 1
                yield VideoFrame(image, number, frame.time, self._borders.segment_of(stamp))
        ends.frames = len(shown)
        wanted = [stamp for stamp in self._stamps if ends.stop is None or stamp < ends.stop]
        if shown != sorted(wanted) or len({*shown}) < len(shown):
            raise SegmentError(
                f'{len(wanted)} packets do not have one frame each at their own times, got '
                f'{len(shown)} frames'
            )

    def _decoded(self) -> Iterator[Any]:
        """Yield PyAV's frames of the segment, with some shown before and after it."""
        begun = not self._number
        if not begun:
            margin = round(MARGIN / self._reader.time_base)
            start = self._borders.block_start(self._number) - margin
            if not self._reader.seek(start):
                return  # no key frame follows
        after = self._borders.block_start(self._number + 1)
        for packet in self._packets():
            if not begun and not self._last and (packet.dts or 0) >= after:
                return  # no key frame is in this block
            is_key = packet.is_keyframe and packet.pts is not None and not packet.is_discard
            if not begun and is_key:
                block = self._borders.block_of(packet.pts)
                if block > self._number and not self._last:
                    return
                begun = block >= self._number
                if begun:
                    self.ends.start = packet.pts
            if not begun:
                continue
            if packet.size and not packet.is_discard:
                self._expect(packet)
            yield from _frames_of(packet)
            if self._is_complete():
                yield from _frames_of(self._reader.stream)
                return

    def _expect(self, packet: Any) -> None:
        """Note a packet of the segment or after it, before it is decoded."""
        ends, stamp = self.ends, packet.pts
        if stamp is None:
            raise SegmentError('a packet has no time stamp')
        if packet.is_keyframe:
            if self._borders.begins(stamp) and ends.stop is None and not self._last:
                ends.stop = stamp
                if max(self._stamps, default=stamp) > stamp:
                    raise SegmentError('frames before a key frame are shown after it')
            self._borders.read_key(stamp)
        if self._number and ends.start is not None and stamp < ends.start:
            # shown before the key frame and decoded after it, as with an open group of frames
            if len(self._stamps) > CHECKED:
                raise SegmentError('frames long after a key frame are shown before it')
            return
        self._stamps.append(stamp)

    def _is_complete(self) -> bool:
        """Return whether enough packets after the segment have been read."""
        stop = self.ends.stop
        if stop is None:
            return False
        recent = self._stamps[-4 * CHECKED :]
        return sum(stamp >= stop for stamp in recent) > 2 * CHECKED

    def _packets(self) -> Iterator[Any]:
        """Yield the packets of the video."""
        for packet, error in self._reader.packets():
            if packet is None:
                raise SegmentError(error)
            self.ends.seconds = max(self.ends.seconds, end_of(packet))
            if packet.stream_index != self._reader.stream.index:
                continue
            if not packet.size and packet.dts is not None:
                raise SegmentError('a packet repeats the frame before')
            yield packet


def _frames_of(source: Any) -> list[Any]:
    """Decode a packet, or what is left in a stream's decoder."""
    frames, error = decoded(source)
    if error:
        raise SegmentError(error)
    return frames


def check_segments(source: str | PathLike, segments: Sequence[SegmentEnds]) -> None:
    """Check that the segments of a video are all its frames, each once.

    Args:
        source: The video.
        segments: All of its segments, in order.

    Raises:
        SegmentError: They are not.
        InputError: The video cannot be read.
    """
    filled = [segment for segment in segments if segment.start is not None]
    if not filled or not filled[0].frames or filled[0] is not segments[0]:
        raise SegmentError('there is no frame at its start')
    for segment, following in pairwise(filled):
        if segment.stop != following.start:
            raise SegmentError('key frames are not found at their places')
        common = min(len(segment.after), len(following.first))
        if not common or segment.after[:common] != following.first[:common]:
            raise SegmentError('a frame depends on frames before the key frame')
    if filled[-1].stop is not None:
        raise SegmentError('key frames are not found at their places')
    reader = VideoReader(source)
    try:
        count = sum(segment.frames for segment in filled)
        if (reader.promised or 0) > count:
            raise SegmentError(f'its header promises {reader.promised} frames, got {count}')
        if problem := reader.cut_off(max(segment.seconds for segment in segments)):
            raise SegmentError(problem)
    finally:
        reader.close()
