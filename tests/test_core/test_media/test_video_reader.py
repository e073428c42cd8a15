"""Frames of videos: numbers, times, what is missing, upright images, streams."""

import contextlib
import functools
import http.server
import os
import shutil
import struct
import threading

import cv2
import numpy as np
import pytest

from helpers.media import break_frame, cut, grey_images, moving_images, write_video
from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.kinds import is_image
from mmpose_addons_core.media.video_reader import VideoReader

COUNT = 12


def read(file):
    """(number, time, brightness / 20) of all frames, and what is missing."""
    missing = []
    reader = VideoReader(file)
    try:
        frames = [
            (frame.number, frame.time, round(frame.image.mean() / 20))
            for frame in reader.frames(
                lambda numbers, reason: missing.append((numbers, reason))
            )
        ]
    finally:
        reader.close()
    return frames, missing


def expected(numbers, rate=10):
    return [(number, pytest.approx(number / rate, abs=1e-6), number) for number in numbers]


@pytest.mark.parametrize(
    ('suffix', 'codec'),
    [
        ('.avi', 'mjpeg'),
        ('.mkv', 'mjpeg'),
        ('.mp4', 'mpeg4'),
        ('.mp4', 'libx264'),
        ('.avi', 'mpeg4'),
        ('.webm', 'libvpx'),
        ('.3gp', 'mpeg4'),
        ('.ts', 'libx264'),
        ('.mpg', 'mpeg2video'),
    ],
)
def test_whole_videos(tmp_path, suffix, codec):
    """Any container, also under a name that says something else."""
    rate = 25 if codec == 'mpeg2video' else 10
    file = write_video(tmp_path / f'v{suffix}', grey_images(COUNT), rate, codec)
    renamed = shutil.copy(file, tmp_path / 'recording.dat')
    assert not is_image(renamed)
    for path in (file, renamed):
        frames, missing = read(path)
        assert frames == expected(range(COUNT), rate)
        assert missing == []
    assert VideoReader(file).count == (None if suffix == '.mpg' else COUNT)


def test_reordered_frames_in_avi(tmp_path):
    """The file has no time stamps, and FFmpeg's are not those of H.264 with B-frames."""
    file = write_video(tmp_path / 'v.avi', moving_images(40, 160, 120), 25, 'libx264', g='10')
    reader = VideoReader(file)
    assert reader.stream.codec_context.has_b_frames
    lost = []
    times = [frame.time for frame in reader.frames(lambda *some: lost.append(some))]
    assert (len(times), lost) == (40, [])
    assert times == pytest.approx(np.arange(40) / 25)


def test_variable_frame_rate(tmp_path):
    times = [0, 0.1, 0.5, 0.6, 0.65, 0.9]
    for name in ('v.mkv', 'v.mp4'):
        file = write_video(tmp_path / name, grey_images(6), 10, 'libx264', times)
        frames, missing = read(file)
        assert [time for _, time, _ in frames] == pytest.approx(times, abs=1e-3)
        assert missing == []


def test_a_broken_frame_is_named_and_passed_over(tmp_path):
    for name in ('v.avi', 'v.mkv'):
        file = write_video(tmp_path / name, grey_images(COUNT))
        for number in (8, 5):  # the second one is no longer found as the fifth
            break_frame(file, number)
        frames, missing = read(file)
        assert frames == expected([0, 1, 2, 3, 4, 6, 7, 9, 10, 11])
        assert [numbers for numbers, _ in missing] == [range(5, 6), range(8, 9)]


def test_a_cut_file_names_the_frames_of_its_header(tmp_path):
    file = write_video(tmp_path / 'v.avi', grey_images(COUNT, 160, 120))
    cut(file, 0.5)
    frames, missing = read(file)
    assert 3 <= len(frames) <= 9
    assert frames == expected(range(len(frames)))
    assert [numbers for numbers, _ in missing] == [range(len(frames), COUNT)]


def test_a_cut_file_without_a_count_of_frames(tmp_path):
    images = [np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)] * 20
    file = write_video(tmp_path / 'v.mkv', images)
    cut(file, 0.5)
    frames, missing = read(file)
    assert 5 <= len(frames) <= 15
    (where,) = missing
    assert where[0] is None
    assert 'cut off at' in where[1]
    assert 'of 2.0 s' in where[1]


def test_an_mp4_without_its_index(tmp_path):
    file = write_video(tmp_path / 'v.mp4', grey_images(COUNT), codec='mpeg4')
    cut(file, 0.5)
    with pytest.raises(InputError, match=r'v.mp4 is not a readable video'):
        VideoReader(file)


TURNS = {
    90: lambda w, h: (0, 1, 0, -1, 0, 0, h, 0),
    180: lambda w, h: (-1, 0, 0, 0, -1, 0, w, h),
    270: lambda w, h: (0, -1, 0, 1, 0, 0, 0, w),
}


def turned_video(file, rng, matrix):
    """A video whose header has a matrix; its first image without the matrix."""
    image = cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), (64, 48))
    write_video(file, [image] * 2, codec='mpeg4')
    plain = next(VideoReader(file).frames(print)).image
    content = file.read_bytes()
    as_matrix = struct.Struct('>9i')
    place = content.index(as_matrix.pack(65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30))
    stored = as_matrix.pack(*(65536 * value for value in matrix), 1 << 30)
    file.write_bytes(content[:place] + stored + content[place + 36 :])
    return plain


@pytest.mark.parametrize(
    ('matrix', 'mirrored'),
    [
        ((-1, 0, 0, 0, 1, 0, 64, 0), lambda image: image[:, ::-1]),
        ((1, 0, 0, 0, -1, 0, 0, 48), lambda image: image[::-1]),
        ((0, 1, 0, 1, 0, 0, 0, 0), lambda image: image.swapaxes(0, 1)),
        ((0, -1, 0, -1, 0, 0, 48, 64), lambda image: image[::-1, ::-1].swapaxes(0, 1)),
    ],
)
def test_mirrored_videos(tmp_path, rng, matrix, mirrored):
    """As cameras of the front side store them."""
    plain = turned_video(tmp_path / 'v.mp4', rng, matrix)
    frame = next(VideoReader(tmp_path / 'v.mp4').frames(print))
    np.testing.assert_array_equal(frame.image, mirrored(plain))


@pytest.mark.parametrize('degrees', TURNS)
def test_turned_videos_are_upright(tmp_path, rng, degrees):
    """As OpenCV turns them; a telephone writes the turn into the header."""
    file = tmp_path / 'v.mp4'
    turned_video(file, rng, TURNS[degrees](64, 48))
    frame = next(VideoReader(file).frames(print))
    there, theirs = cv2.VideoCapture(str(file)).read()
    assert there
    assert frame.image.shape == ((64, 48, 3) if degrees != 180 else (48, 64, 3))
    np.testing.assert_array_equal(frame.image, theirs)


def test_names_that_are_not_utf_8_and_look_like_addresses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = write_video(tmp_path / 'v.avi', grey_images(3))
    for name in (os.fsdecode(b'caf\xe9.avi'), 'a:b%03d.avi', 'file:v.avi'):
        shutil.copy(file, name)
        assert read(name)[0] == expected(range(3))


def test_a_playlist_opens_no_other_file(tmp_path):
    video = write_video(tmp_path / 'v.ts', grey_images(3), codec='libx264')
    lines = ['#EXTM3U', '#EXT-X-TARGETDURATION:5', '#EXTINF:5,', f'file://{video}']
    playlist = tmp_path / 'list.mp4'
    playlist.write_text('\n'.join([*lines, '#EXT-X-ENDLIST', '']))
    with pytest.raises(InputError, match=r'list.mp4 is not a readable video'):
        VideoReader(playlist)


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('no.mp4', r'no.mp4 is missing'),
        ('.', r'\. is not a readable video: Is a directory'),
        ('987', r'camera 987 cannot be opened: No such file'),
        ('rtsp://127.0.0.1:9/x', r'stream rtsp://127.0.0.1:9/x cannot be opened: Connection'),
    ],
)
def test_what_cannot_be_opened(tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        VideoReader(name)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_a_stream(tmp_path):
    write_video(tmp_path / 'v.ts', grey_images(COUNT), codec='libx264')
    handler = functools.partial(_Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with contextlib.closing(server.socket):
            address = f'http://127.0.0.1:{server.server_port}/v.ts'
            assert VideoReader(address).count is None
            frames, missing = read(address)
            server.shutdown()
    assert frames == expected(range(COUNT))
    assert missing == []


def test_handed_videos(cases):
    """Frame 19 of bad20.avi is broken; cut.avi ends after 20 of 40 frames."""
    folder = cases / 'cut_videos'
    for name, numbers, lost in (
        ('whole.avi', [*range(40)], []),
        ('whole.mp4', [*range(40)], []),
        ('bad20.avi', [*range(19), *range(20, 40)], [range(19, 20)]),
        ('cut.avi', [*range(20)], [range(20, 40)]),
    ):
        frames, missing = read(folder / name)
        assert [number for number, *_ in frames] == numbers
        assert [time for _, time, _ in frames] == pytest.approx([n / 25 for n in numbers])
        assert [where for where, _ in missing] == lost
