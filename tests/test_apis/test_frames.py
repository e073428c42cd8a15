"""Times of a video's frames."""

import struct

import cv2
import numpy as np
import pytest

from mmpose_addons.apis.frames import read_frames

RATE = 10  # frames a second
STAMPS = [0, 100, 500, 600, 650, 900]  # ms


@pytest.fixture
def video(tmp_path):
    """A Matroska file of six frames of increasing brightness, 10 a second."""
    file = tmp_path / 'video.mkv'
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*'MJPG'), RATE, (32, 24))
    if not writer.isOpened():
        pytest.skip('this OpenCV cannot write Matroska files')
    for number in range(6):
        writer.write(np.full((24, 32, 3), 40 * number, np.uint8))
    writer.release()
    return file


def restamp(file, stamps):
    """Replace the time stamps; a block is: track 1, ms as int16, flags of a key frame."""
    content = bytearray(file.read_bytes())
    old = [b'\x81' + struct.pack('>h', 1000 * i // RATE) + b'\x80' for i in range(6)]
    places = [content.index(block) for block in old]
    for place, stamp in zip(places, stamps, strict=True):
        content[place + 1 : place + 3] = struct.pack('>h', stamp)
    file.write_bytes(content)


def times_of(file):
    frames = list(read_frames(file))
    brightness = [frame.image.mean() for frame in frames]
    assert brightness == pytest.approx([40 * number for number in range(6)], abs=3)
    return [frame.time for frame in frames]


def test_constant_rate(video):
    assert times_of(video) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5], abs=1e-9)


def test_variable_rate(video):
    restamp(video, STAMPS)
    assert times_of(video) == pytest.approx([0, 0.1, 0.5, 0.6, 0.65, 0.9], abs=1e-9)


def give_stamps(monkeypatch, stamps):
    """Let OpenCV give these time stamps, ms, after each read."""

    real = cv2.VideoCapture

    class Capture:
        def __init__(self, file):
            self.capture = real(file)
            self.number = -1

        def read(self):
            self.number += 1
            return self.capture.read()

        def get(self, prop):
            if prop == cv2.CAP_PROP_POS_MSEC:
                return stamps[self.number]
            return self.capture.get(prop)

        def __getattr__(self, name):
            return getattr(self.capture, name)

    monkeypatch.setattr(cv2, 'VideoCapture', Capture)


@pytest.mark.parametrize('missing', [0.0, -1.0, float('nan')])
def test_without_time_stamps_the_rate_counts(video, monkeypatch, missing):
    give_stamps(monkeypatch, [missing] * 6)
    assert times_of(video) == [number / RATE for number in range(6)]


def test_times_begin_at_0_and_always_increase(video, monkeypatch):
    give_stamps(monkeypatch, [300, 400, 1300, 0, 0, 1700])
    expected = [0, 0.1, 1.0, 1.1, 1.2, 1.4]
    assert times_of(video) == pytest.approx(expected, abs=1e-9)
