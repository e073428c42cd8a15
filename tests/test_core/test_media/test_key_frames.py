"""Key frames of a long video."""

from fractions import Fraction

import numpy as np
import pytest

from mmpose_addons_core.media.key_frames import decode_key_frames, key_frames

av = pytest.importorskip('av')


def write_video(file, frames, interval, codec='mpeg4'):
    """Each frame is brighter than the one before it."""
    with av.open(str(file), 'w') as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width = stream.height = 32
        stream.pix_fmt = 'yuv420p'
        stream.codec_context.gop_size = interval
        for number in range(frames):
            image = np.full((32, 32, 3), 5 * number, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, format='bgr24')):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return file


def test_key_frames_have_their_numbers(tmp_path):
    file = write_video(tmp_path / 'a.mp4', 40, 4)
    places = key_frames(file, 5)
    numbers = [number for number, _ in places]
    assert np.diff(numbers).min() > 1
    assert numbers[0] < 8
    assert numbers[-1] > 24
    found = [*decode_key_frames(file, places)]
    assert [frame.number for frame in found] == numbers
    grey = [float(frame.image.mean()) for frame in found]
    assert grey == pytest.approx([5 * number for number in numbers], abs=4)
    assert found[1].time == pytest.approx(numbers[1] / 25)


def test_too_few_key_frames_and_broken_files_give_none(tmp_path):
    assert key_frames(write_video(tmp_path / 'a.mp4', 20, 10), 21) == []
    (tmp_path / 'b.mp4').write_bytes(b'no video at all')
    assert key_frames(tmp_path / 'b.mp4', 1) == []
