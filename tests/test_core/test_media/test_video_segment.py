"""Segments of videos give the frames of the whole video, or are refused."""

import struct
import zlib

import pytest

from helpers.media import break_frame, cut, moving_images, write_video
from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.frame_numbers import FrameClock
from mmpose_addons_core.media.segment_borders import count_segments
from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_core.media.video_segment import SegmentError, VideoSegment, check_segments

FRAMES = 130
"""At a frame a second, three segments."""
OPEN = {'g': '20', 'bf': '3', 'x264-params': 'open-gop=1:scenecut=0'}
HIDDEN = {'g': '20', 'auto-alt-ref': '1', 'lag-in-frames': '10', 'cpu-used': '8'}


def whole(file):
    """Number, time, pixels and segment of all frames, and what is missing."""
    missing = []
    reader = VideoReader(file)
    frames = [
        (frame.number, frame.time, zlib.crc32(frame.image), frame.segment)
        for frame in reader.frames(lambda *lost: missing.append(lost))
    ]
    reader.close()
    return frames, missing


def by_segments(file):
    """The same from all segments; and the numbers of their frames."""
    reader = VideoReader(file)
    clock, count = FrameClock(float(reader.rate)), count_segments(reader.seconds)
    reader.close()
    frames, ends = [], []
    for number in range(count):
        segment = VideoSegment(file, number, number == count - 1)
        for frame in segment.frames():
            time = clock.read(frame.time, len(frames))
            frames.append((len(frames), time, zlib.crc32(frame.image), frame.segment))
        ends.append(segment.ends)
        segment.close()
    check_segments(file, ends)
    return frames, [end.frames for end in ends]


@pytest.mark.parametrize(
    ('name', 'codec', 'options'),
    [
        ('closed.mp4', 'libx264', {'g': '25', 'bf': '3'}),
        ('open.mp4', 'libx264', OPEN),
        ('open.mkv', 'libx264', OPEN),
        ('open.ts', 'libx264', OPEN),
        ('h.mp4', 'libx265', {'x265-params': 'keyint=20:open-gop=1:bframes=3:log-level=none'}),
        ('b.mp4', 'mpeg4', {'g': '10', 'bf': '2'}),
        ('m.avi', 'mjpeg', {}),
        ('hidden.webm', 'libvpx', HIDDEN),
    ],
)
def test_the_frames_of_the_whole_video(tmp_path, name, codec, options):
    file = write_video(tmp_path / name, moving_images(FRAMES), 1, codec, **options)
    frames, counts = by_segments(file)
    assert (frames, []) == whole(file)
    assert len(counts) == 3
    assert min(counts[:2]) > 40


def test_a_variable_rate(tmp_path):
    times = [number + 0.4 * (number % 3 == 1) + 10 * (number > 80) for number in range(FRAMES)]
    images = moving_images(FRAMES)
    file = write_video(tmp_path / 'v.mkv', images, 1, 'libx264', times, g='9')
    frames, counts = by_segments(file)
    assert (frames, []) == whole(file)
    assert [time for _, time, *_ in frames] == pytest.approx(times, abs=1e-3)
    assert len(counts) == 3


def test_one_key_frame(tmp_path):
    options = {'g': '1000', 'x264-params': 'scenecut=0'}
    file = write_video(tmp_path / 'v.mp4', moving_images(FRAMES), 1, 'libx264', **options)
    assert by_segments(file) == (whole(file)[0], [FRAMES, 0, 0])


def test_the_last_segment_goes_on_where_the_header_names_a_shorter_time(tmp_path):
    """The frames are numbered by segments as in the whole video."""
    file = write_video(tmp_path / 'v.mkv', moving_images(FRAMES), 1, 'libx264', g='10')
    first = VideoSegment(file, 0)
    count = len([*first.frames()])
    last = VideoSegment(file, 1, last=True)
    rest = [*last.frames()]
    check_segments(file, [first.ends, last.ends])
    assert [frame.segment for frame in rest] == [segment for *_, segment in whole(file)[0]][
        count:
    ]
    assert {frame.segment for frame in rest} == {1, 2}


def set_length(file, frames):
    """Number of frames in the headers of an AVI file."""
    content = bytearray(file.read_bytes())
    struct.pack_into('<I', content, content.index(b'avih') + 8 + 16, frames)
    struct.pack_into('<I', content, content.index(b'strh') + 8 + 32, frames)
    file.write_bytes(content)


def test_a_header_that_promises_more(tmp_path):
    file = write_video(tmp_path / 'v.avi', moving_images(FRAMES), 1, 'mjpeg')
    set_length(file, FRAMES + 20)
    assert whole(file)[1][0][0] == range(FRAMES, FRAMES + 20)
    with pytest.raises(SegmentError, match=f'promises {FRAMES + 20} frames, got {FRAMES}'):
        by_segments(file)


def test_a_header_that_promises_less(tmp_path):
    file = write_video(tmp_path / 'v.avi', moving_images(FRAMES + 60), 1, 'mjpeg')
    set_length(file, FRAMES)
    assert by_segments(file)[0] == whole(file)[0]
    assert len(whole(file)[0]) == FRAMES + 60


def test_frames_that_need_those_before_the_key_frame(tmp_path):
    """Periodic intra refresh calls frames keys that are whole only some frames later."""
    options = {'g': '20', 'x264-params': 'intra-refresh=1'}
    file = write_video(tmp_path / 'v.mp4', moving_images(FRAMES), 1, 'libx264', **options)
    with pytest.raises(SegmentError):
        by_segments(file)


@pytest.mark.parametrize('frame', [10, 70, 129])
def test_a_broken_frame(tmp_path, frame):
    file = write_video(tmp_path / 'v.avi', moving_images(FRAMES), 1, 'mjpeg')
    break_frame(file, frame)
    with pytest.raises(SegmentError):
        by_segments(file)


@pytest.mark.parametrize('name', ['v.avi', 'v.mkv'])
def test_a_file_that_is_cut_off(tmp_path, name):
    file = write_video(tmp_path / name, moving_images(FRAMES), 1, 'mjpeg')
    cut(file, 0.7)
    assert whole(file)[1]
    with pytest.raises(InputError):
        by_segments(file)


def test_neighbours_that_do_not_fit(tmp_path):
    file = write_video(tmp_path / 'v.mp4', moving_images(FRAMES), 1, 'libx264', g='10')
    ends = []
    for number in range(3):
        segment = VideoSegment(file, number, number == 2)
        assert [*segment.frames()]
        ends.append(segment.ends)
    check_segments(file, ends)
    for wrong in (ends[:2], ends[1:], [ends[0], ends[2]]):
        with pytest.raises(SegmentError, match=r'at its start|at their places|promises'):
            check_segments(file, wrong)
    ends[1].first[3][1] += 1
    with pytest.raises(SegmentError, match='depends on frames before the key frame'):
        check_segments(file, ends)
