"""Videos that are written: times, sizes, and what a full disk leaves."""

import os
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from helpers.media import grey_images
from mmpose_addons_core.media import video_writer
from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_core.media.video_writer import VideoWriteError, VideoWriter

RATES = [25, 29.97, 59.94, 66.667, 119.88, 196.263, 239.76, 239.911, 1000, 90000, 0.5]


def read(file):
    reader = VideoReader(file)
    frames = list(reader.frames(lambda numbers, reason: pytest.fail(reason)))
    reader.close()
    return frames, reader.rate


@pytest.mark.parametrize('rate', RATES)
def test_any_rate_is_kept(tmp_path, rate):
    rate = Fraction(rate).limit_denominator(100000)
    writer = VideoWriter(tmp_path / 'v.mp4', (32, 24), rate)
    for number, image in enumerate(grey_images(6)):
        writer.write(image, float(number / rate))
    assert writer.close() == 6
    frames, found = read(tmp_path / 'v.mp4')
    assert found == rate
    times = np.array([frame.time for frame in frames])
    np.testing.assert_allclose(times * float(rate), range(6), atol=1e-6)
    capture = cv2.VideoCapture(str(tmp_path / 'v.mp4'))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 6
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(float(rate), rel=1e-6)


def test_the_first_frame_is_shown_at_once(tmp_path):
    writer = VideoWriter(tmp_path / 'v.mp4', (32, 24), Fraction(30))
    for number, image in enumerate(grey_images(6)):
        writer.write(image, number / 30)
    writer.close()
    with av.open(tmp_path / 'v.mp4') as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([number / 30 for number in range(6)], abs=1e-6)


def test_times_of_a_changing_rate_are_kept(tmp_path):
    times = [0, 0.1, 0.5, 0.6, 0.65, 0.9]
    writer = VideoWriter(tmp_path / 'v.mp4', (32, 24), Fraction(10), Fraction(1, 1000))
    for image, time in zip(grey_images(6), times, strict=True):
        writer.write(image, time)
    writer.close()
    frames, _ = read(tmp_path / 'v.mp4')
    assert [frame.time for frame in frames] == pytest.approx(times, abs=1e-6)
    assert [frame.image.mean() for frame in frames] == pytest.approx(range(0, 120, 20), abs=5)


@pytest.mark.parametrize('size', [(161, 121), (160, 121), (1, 1), (162, 122)])
def test_odd_sizes_are_kept(tmp_path, rng, size):
    image = cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), size)
    writer = VideoWriter(tmp_path / 'v.mp4', size, Fraction(10))
    writer.write(image, 0)
    writer.close()
    ((frame,), _) = read(tmp_path / 'v.mp4')
    assert frame.image.shape == image.shape
    assert abs(frame.image.astype(int) - image).mean() < 6


def test_images_of_another_size_keep_their_shape(tmp_path):
    writer = VideoWriter(tmp_path / 'v.mp4', (64, 64), Fraction(10))
    writer.write(np.full((64, 64, 3), 200, np.uint8), 0)
    writer.write(np.full((16, 32, 3), 200, np.uint8), 0.1)
    writer.close()
    (_, second), _ = read(tmp_path / 'v.mp4')
    rows = second.image.mean((1, 2))
    assert rows[20:44] == pytest.approx(np.full(24, 200), abs=6)
    assert rows[:12] == pytest.approx(np.zeros(12), abs=6)


def test_nothing_is_written_without_frames(tmp_path):
    assert VideoWriter(tmp_path / 'v.mp4', (32, 24), Fraction(10)).close() == 0
    assert list(tmp_path.iterdir()) == []


class FullDisk(video_writer._Stream):
    """Takes so many bytes."""

    room = 60_000

    def write(self, data):
        if self.tell() + len(data) > self.room:
            self.error = self.error or OSError(28, os.strerror(28))
        return super().write(data)


def fill(writer, image):
    for number in range(200):
        writer.write(np.roll(image, number, 1), number / 10)


def test_a_full_disk_leaves_the_first_frames(tmp_path, rng, monkeypatch):
    monkeypatch.setattr(video_writer, '_Stream', FullDisk)
    monkeypatch.setitem(video_writer.QUALITY, 'libx264', dict(preset='veryfast', g='5'))
    writer = VideoWriter(tmp_path / 'v.mp4', (160, 120), Fraction(10))
    image = rng.integers(0, 256, (120, 160, 3), np.uint8)
    with pytest.raises(VideoWriteError, match='No space left') as first:
        fill(writer, image)
    assert first.value.errno == 28
    with pytest.raises(VideoWriteError, match=r'it contains (\d+) of \d+ frames') as error:
        writer.close()
    assert error.value.errno == 28
    frames, _ = read(tmp_path / 'v.mp4')
    assert len(frames) >= 5
    assert f'contains {len(frames)} of {writer.written} frames' in str(error.value)
    assert [file.name for file in tmp_path.iterdir()] == ['v.mp4']


def test_a_disk_that_is_full_from_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(FullDisk, 'room', 0)
    monkeypatch.setattr(video_writer, '_Stream', FullDisk)
    writer = VideoWriter(tmp_path / 'v.mp4', (32, 24), Fraction(10))
    with pytest.raises(VideoWriteError, match='No space left'):
        fill(writer, grey_images(1)[0])
    with pytest.raises(VideoWriteError, match='No space left on device; not written'):
        writer.close()
    assert list(tmp_path.iterdir()) == []


def test_frames_that_are_lost_while_writing_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(video_writer, '_readable_frames', lambda file: 2)
    writer = VideoWriter(tmp_path / 'v.mp4', (32, 24), Fraction(10))
    for number, image in enumerate(grey_images(3)):
        writer.write(image, number / 10)
    with pytest.raises(VideoWriteError, match='missing when the file is read back') as error:
        writer.close()
    assert error.value.errno is None


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(VideoWriteError, match=r'v.mp4 cannot be written: (Not a|File exists)'):
        VideoWriter(tmp_path / 'file' / 'v.mp4', (32, 24), Fraction(10))
