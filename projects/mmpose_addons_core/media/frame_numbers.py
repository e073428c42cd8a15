"""Numbers and times of a video's frames, also where some are missing or have no time stamp."""

import heapq
from collections.abc import Iterable, Iterator


class FrameNumbers:
    """Numbers of frames by the time stamps of the packets that were decoded before."""

    def __init__(self, every_packet: bool) -> None:
        self._waiting: list[int] = []  # time stamps, a heap
        self._passed: set[int] = set()  # time stamps whose frames count as missing
        self._by_stamp = every_packet
        self._failed = 0
        self.next = 0

    def expect(self, stamp: int | None) -> None:
        """Note that a packet of this time stamp goes to the decoder."""
        if stamp is None:
            self._by_stamp = False
        else:
            heapq.heappush(self._waiting, stamp)
            self._passed.discard(stamp)  # where the time stamps begin anew

    def fail(self) -> None:
        """Note that the decoder has refused a packet."""
        self._failed += 1

    def take(self, stamp: int | None) -> tuple[int | None, list[int]]:
        """Return the number of a frame, and the numbers missing before it.

        The number is None if the frame comes after later ones, so that it is missing already.
        """
        missing = 0
        if self._by_stamp and stamp in self._passed:
            return None, []
        if not self._by_stamp or stamp is None:
            missing, self._failed = self._failed, 0
        else:
            while self._waiting and self._waiting[0] < stamp:
                self._passed.add(heapq.heappop(self._waiting))
                missing += 1
            if self._waiting and self._waiting[0] == stamp:
                heapq.heappop(self._waiting)
        lost = list(range(self.next, self.next + missing))
        self.next += missing + 1
        return self.next - 1, lost

    def rest(self) -> list[int]:
        """Return the numbers missing at the end."""
        missing = len(self._waiting) if self._by_stamp else self._failed
        lost = list(range(self.next, self.next + missing))
        self.next += missing
        return lost


class FrameClock:
    """Seconds from the first frame: by the time stamp if it increases, else by the rate."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._first: float | None = None
        self._start = 0.0
        self._last = -1.0

    def read(self, stamp: float | None, number: int) -> float:
        """Return the time of a frame in seconds, by its time stamp and its number."""
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


def ranges(numbers: Iterable[int]) -> Iterator[range]:
    """Join consecutive numbers to ranges.

    >>> list(ranges([5, 1, 2]))
    [range(1, 3), range(5, 6)]
    """
    found: range | None = None
    for number in sorted(numbers):
        if found is not None and number == found.stop:
            found = range(found.start, number + 1)
            continue
        if found is not None:
            yield found
        found = range(number, number + 1)
    if found is not None:
        yield found


def with_end(found: Iterable[range], start: int, count: int) -> Iterator[range]:
    """Yield ranges, and at their end one of any length, which may continue the last one.

    >>> list(with_end([range(2, 4)], 4, 10**9)), list(with_end([range(2, 4)], 6, 0))
    ([range(2, 1000000004)], [range(2, 4)])
    """
    end = range(start, start + count)
    for some in found:
        if end and some.stop == end.start:
            end = range(some.start, end.stop)
        else:
            yield some
    if end:
        yield end
