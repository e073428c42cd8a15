"""Where segments of videos begin."""

from fractions import Fraction

import pytest

from mmpose_addons_core.media.segment_borders import SegmentBorders, count_segments


@pytest.mark.parametrize(
    ('seconds', 'count'),
    [(None, 1), (0.5, 1), (120, 1), (120.5, 3), (180, 3), (180.1, 4), (1e12, 10_000)],
)
def test_how_many_segments(seconds, count):
    assert count_segments(seconds) == count


def test_a_block_without_key_frame_belongs_to_the_segment_before():
    borders = SegmentBorders(Fraction(1, 10), start=50)
    for stamp in (50, 640, 660, 1300, 1900):  # blocks 0, 0, 1, 2, 3
        borders.read_key(stamp)
    assert [borders.segment_of(stamp) for stamp in (50, 659, 660, 1299, 1300, 2500)] == [
        *(0, 0, 1, 1, 2, 3)
    ]
    borders = SegmentBorders(Fraction(1, 10), start=50)
    for stamp in (50, 1900):
        borders.read_key(stamp)
    assert [borders.segment_of(stamp) for stamp in (700, 1899, 1900)] == [0, 0, 3]


def test_frames_are_shown_later_than_their_key_frame_is_decoded():
    borders = SegmentBorders(Fraction(1), None)
    assert borders.segment_of(58) == 0
    borders.read_key(61)
    assert [borders.segment_of(stamp) for stamp in (59, 60, None, 61, 62)] == [0, 0, 0, 1, 1]


def test_a_reader_that_begins_at_a_segment_finds_the_next_ones():
    borders = SegmentBorders(Fraction(1), 0, segment=2)
    assert borders.block_start(2) == 120
    assert not borders.begins(130)
    borders.read_key(130)
    assert borders.segment_of(130) == 2
    assert borders.begins(180)
