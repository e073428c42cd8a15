"""JPEG files whose middle is damaged, which OpenCV decodes all the same."""

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from mmpose_addons_core.datasets.image_files import ImageRecord, check_image_files
from mmpose_addons_core.media import decoding
from mmpose_addons_core.media.decoding import decoded
from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import read_image

END = b'\xff\xd9'


@pytest.fixture
def jpeg(rng):
    """The bytes of a JPEG file of 320 x 240 px."""
    image = cv2.resize(rng.integers(0, 256, (12, 16, 3), np.uint8), (320, 240))
    return cv2.imencode('.jpg', image)[1].tobytes()


def array(content):
    return np.frombuffer(content, np.uint8)


DAMAGE = {
    'cut off, then ended': lambda jpeg: jpeg[: len(jpeg) // 2] + END,
    'without a part': lambda jpeg: jpeg[: len(jpeg) // 2] + jpeg[len(jpeg) // 2 + 400 :],
    'zeros': lambda jpeg: jpeg[: len(jpeg) // 2] + bytes(400) + jpeg[len(jpeg) // 2 + 400 :],
}


@pytest.mark.parametrize('change', DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told(jpeg, tmp_path, capfd, change):
    content = change(jpeg)
    image, damage = decoded(array(content))
    assert damage == 'premature end of data segment'
    np.testing.assert_array_equal(image, cv2.imdecode(array(content), cv2.IMREAD_COLOR))
    capfd.readouterr()
    (tmp_path / 'a.jpg').write_bytes(content)
    with pytest.raises(InputError, match=r'a\.jpg is damaged, parts of it are missing: prem'):
        read_image(tmp_path / 'a.jpg')
    records = [ImageRecord(1, 'a.jpg', 320, 240)]
    (problem,) = check_image_files(records, tmp_path, 'decode')
    assert (problem.kind, 'damaged' in problem.value) == ('image_unreadable', True)
    assert capfd.readouterr().err == ''


def test_whole_files_are_not_damaged(jpeg):
    for content in (jpeg, jpeg[:-2] + b'pad' + END, jpeg + b'behind the end'):
        image, damage = decoded(array(content))
        assert (image.shape, damage) == ((240, 320, 3), '')


def test_no_image():
    assert decoded(array(b'')) == (None, '')
    assert decoded(array(b'\xff\xd8no jpeg'))[0] is None
    assert decoded(array(b'nothing'))[0] is None


def test_other_lines_on_stderr_are_kept(jpeg, capfd, monkeypatch):
    content = DAMAGE['zeros'](jpeg)
    decode = decoding._imdecode

    def chatty(content, flags):
        os.write(2, b'a warning of another thread\n')
        return decode(content, flags)

    monkeypatch.setattr(decoding, '_imdecode', chatty)
    assert decoded(array(content))[1]
    assert capfd.readouterr().err == 'a warning of another thread\n'


def test_threads_do_not_mix(jpeg, capfd):
    broken = DAMAGE['without a part'](jpeg)
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda content: decoded(array(content))[1], [jpeg, broken] * 40)
        assert [bool(damage) for damage in found] == [False, True] * 40
    os.write(2, b'still there\n')
    assert capfd.readouterr().err == 'still there\n'


def test_closed_stderr(jpeg, monkeypatch):
    monkeypatch.setattr(os, 'dup', lambda number: (_ for _ in ()).throw(OSError(9, 'bad')))
    image, damage = decoded(array(jpeg))
    assert (image.shape, damage) == ((240, 320, 3), '')
