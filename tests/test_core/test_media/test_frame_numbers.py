"""Numbers and times of a video's frames by the time stamps of its packets."""

import pytest

from mmpose_addons_core.media.frame_numbers import FrameClock, FrameNumbers, ranges


def test_times_begin_at_0_and_always_increase():
    clock = FrameClock(10)
    stamps = [0.3, 0.4, 1.3, 0.0, None, 1.7]
    times = [clock.read(time, i) for i, time in enumerate(stamps)]
    assert times == pytest.approx([0, 0.1, 1.0, 1.1, 1.2, 1.4], abs=1e-9)


@pytest.mark.parametrize('stamp', [None, 0.0, -1.0])
def test_without_time_stamps_the_rate_counts(stamp):
    clock = FrameClock(10)
    times = [clock.read(stamp, number) for number in (0, 1, 4)]
    assert times == pytest.approx([0, 0.1, 0.4])


def test_numbers_follow_the_time_stamps_of_packets():
    """Packets come in another order than frames; 20 and 50 give no frame."""
    numbers = FrameNumbers(every_packet=True)
    for stamp in (0, 30, 10, 20):
        numbers.expect(stamp)
    assert [numbers.take(stamp) for stamp in (0, 10, 30)] == [(0, []), (1, []), (3, [2])]
    numbers.expect(40)
    numbers.expect(50)
    assert numbers.take(40) == (4, [])
    assert numbers.rest() == [5]


def test_a_frame_that_comes_after_later_ones_is_missing():
    numbers = FrameNumbers(every_packet=True)
    for stamp in (0, 10, 20, 30):
        numbers.expect(stamp)
    assert [numbers.take(stamp) for stamp in (0, 20, 10, 30)] == [
        (0, []),
        (2, [1]),
        (None, []),
        (3, []),
    ]
    numbers.expect(10)
    assert numbers.take(10) == (4, [])


def test_without_time_stamps_refused_packets_are_missing():
    numbers = FrameNumbers(every_packet=True)
    numbers.expect(None)
    assert numbers.take(0) == (0, [])
    numbers.fail()
    assert numbers.take(1) == (2, [1])
    numbers.fail()
    assert numbers.rest() == [3]


def test_ranges():
    assert list(ranges([5, 1, 2, 9, 8, 7])) == [range(1, 3), range(5, 6), range(7, 10)]
    assert list(ranges([])) == []
