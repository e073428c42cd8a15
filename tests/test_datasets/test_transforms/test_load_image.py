"""Images in training are those of inference."""

import cv2
import numpy as np
import pytest
from mmpose.datasets.transforms import LoadImage as MMPoseLoadImage
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.media.images import read_image


def load(file, **settings):
    step = TRANSFORMS.build(dict(type='LoadImage', **settings))
    return step(dict(img_path=str(file)))


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)


@pytest.mark.parametrize('suffix', ['.png', '.tif'])
@pytest.mark.parametrize('bits', [10, 12, 14, 16])
def test_bits_that_a_camera_fills(tmp_path, image, bits, suffix):
    image[0, 0] = 255
    file = tmp_path / f'a{suffix}'
    cv2.imwrite(str(file), image.astype(np.uint16) << (bits - 8))
    loaded = load(file)
    assert loaded['img'].dtype == np.uint8
    np.testing.assert_array_equal(loaded['img'], image)
    np.testing.assert_array_equal(loaded['img'], read_image(file))
    assert loaded['img_shape'] == loaded['ori_shape'] == (6, 8)
    assert load(file, to_float32=True)['img'].dtype == np.float32
    np.testing.assert_array_equal(load(file, to_float32=True)['img'], image)


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.bmp'])
@pytest.mark.parametrize('settings', [{}, dict(color_type='grayscale'), dict(to_float32=True)])
def test_files_of_8_bits_are_those_of_mmpose(tmp_path, image, suffix, settings):
    file = tmp_path / f'a{suffix}'
    cv2.imwrite(str(file), image)
    found = load(file, **settings)
    expected = MMPoseLoadImage(**settings)(dict(img_path=str(file)))
    assert found.keys() == expected.keys()
    np.testing.assert_array_equal(found['img'], expected['img'])


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / 'a.png').write_bytes(b'no image')
    with pytest.raises(AssertionError, match=r'failed to load image: .*a\.png'):
        load(tmp_path / 'a.png')
    assert load(tmp_path / 'gone.png', ignore_empty=True) is None
    with pytest.raises(FileNotFoundError):
        load(tmp_path / 'gone.png')
