"""Where the segments of a long video begin.

A video is cut into blocks of :data:`SEGMENT_SECONDS`. A segment begins at the first key frame
of a block, and has all frames that are shown from there until the next segment; a block without
key frame belongs to the segment before. Time stamps and key frames are those of the packets,
so that a process that reads the whole video finds the same segments as one that begins in it.
"""

from collections import deque
from fractions import Fraction
from math import ceil

SEGMENT_SECONDS = 60
LONG = 120
"""Seconds; only a longer video is split."""
MOST_SEGMENTS = 10_000
"""Of a video; the last one may be longer."""


def count_segments(seconds: float | None) -> int:
    """Return into how many segments a video is split, by the length in its header.

    Example:
        >>> count_segments(None), count_segments(120.0), count_segments(121.0)
        (1, 1, 3)
    """
    if seconds is None or seconds <= LONG:
        return 1
    return min(MOST_SEGMENTS, ceil(seconds / SEGMENT_SECONDS))


class SegmentBorders:
    """Find the segments of a video while its packets are read.

    Args:
        time_base: Unit of the time stamps, seconds.
        start: Time stamp at which the video begins; None: 0.
        segment: Number of the segment with which reading begins.

    Example:
        >>> borders = SegmentBorders(Fraction(1), 0)
        >>> for stamp in (0, 50, 70, 80):  # key frames
        ...     borders.read_key(stamp)
        >>> [borders.segment_of(stamp) for stamp in (0, 60, 69, 70, 80)]
        [0, 0, 0, 1, 1]
    """

    def __init__(self, time_base: Fraction, start: int | None, segment: int = 0) -> None:
        self._ticks = max(1, round(SEGMENT_SECONDS / time_base))
        self._start = start or 0
        self._block = self._segment = segment
        self._waiting: deque[tuple[int, int]] = deque()  # time stamps and numbers of segments

    def block_of(self, stamp: int) -> int:
        """Return the number of a time stamp's block."""
        return (stamp - self._start) // self._ticks

    def block_start(self, block: int) -> int:
        """Return the time stamp at which a block begins."""
        return self._start + block * self._ticks

    def begins(self, stamp: int) -> bool:
        """Return whether a segment begins at a key frame, after those that were read."""
        return self.block_of(stamp) > self._block

    def read_key(self, stamp: int) -> None:
        """Note a key frame, in the order of decoding."""
        if self.begins(stamp):
            self._block = self.block_of(stamp)
            self._waiting.append((stamp, self._block))

    def segment_of(self, stamp: int | None) -> int:
        """Return the segment of a frame, in the order in which frames are shown."""
        while stamp is not None and self._waiting and self._waiting[0][0] <= stamp:
            self._segment = self._waiting.popleft()[1]
        return self._segment
