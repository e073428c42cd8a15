"""Scaling and padding inside the file against MMCV's."""

import mmcv
import numpy as np
import pytest

from helpers.detectors import detector_config, yolox_config
from mmpose_addons.export import ExportError
from mmpose_addons.export.image_scaling import ImageScaling
from mmpose_addons.export.onnx_scaling import scaling_model

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')


def run(scaling, image):
    import onnxruntime

    session = onnxruntime.InferenceSession(scaling_model(scaling).SerializeToString())
    pixels, enlargement = session.run(None, dict(images=image[None]))
    return pixels[0], enlargement


def test_configs_are_read():
    assert ImageScaling.of_config(detector_config()) == ImageScaling(
        scale=(64, 64), keep_ratio=True, input_size=(64, 64), pad_value=0.0
    )
    assert ImageScaling.of_config(yolox_config()) == ImageScaling(
        scale=(64, 64), keep_ratio=True, input_size=(64, 64), pad_value=114.0
    )


@pytest.mark.parametrize('keep_ratio', [True, False])
def test_all_pixels_are_those_of_mmcv(rng, keep_ratio):
    """Smaller, larger, equal, odd, halved (which OpenCV does in another way), one row."""
    scaling = ImageScaling((90, 70), keep_ratio, (96, 96), 114.0)
    sizes = [(90, 70), (70, 90), (180, 140), (33, 17), (401, 203), (211, 640), (1, 60)]
    sizes += [tuple(rng.integers(20, 300, 2)) for _ in range(12)]
    for width, height in sizes:
        image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        if keep_ratio:
            scaled = mmcv.imrescale(image, (90, 70))
        else:
            scaled = mmcv.imresize(image, (90, 70))
        expected = mmcv.impad(scaled, shape=(96, 96), pad_val=(114, 114, 114))
        pixels, enlargement = run(scaling, image)
        np.testing.assert_array_equal(pixels, expected)
        step = width / scaled.shape[1], height / scaled.shape[0]
        np.testing.assert_allclose(enlargement, step * 2, rtol=1e-6)


def test_a_side_that_would_vanish_stays(rng):
    image = rng.integers(0, 256, (1, 500, 3), dtype=np.uint8)
    pixels, enlargement = run(ImageScaling((64, 64), True, (64, 64), 7.0), image)
    assert enlargement.tolist() == [500 / 64, 1, 500 / 64, 1]
    assert (pixels[1:] == 7).all()
    assert np.ptp(pixels[0]) > 100


@pytest.mark.parametrize(
    ('resize', 'pad', 'input_size'),
    [
        (dict(scale=(60, 40)), None, (60, 40)),
        (dict(scale=(60, 40)), dict(size_divisor=32), (64, 64)),
        (dict(scale=(60, 40)), dict(pad_to_square=True), (60, 60)),
        (dict(scale=60, keep_ratio=True), dict(pad_to_square=True, size_divisor=32), (64, 64)),
        (dict(scale=(60, 40), keep_ratio=True), dict(size=(64, 60)), (64, 60)),
        (dict(scale=(60, 40), keep_ratio=True), dict(size=(64, 40)), None),
        (dict(scale=(60, 40), keep_ratio=True), dict(pad_to_square=True), None),
        (dict(scale=(60, 60), keep_ratio=True), dict(size_divisor=32), None),
        (dict(scale=(60, 60), keep_ratio=True), None, None),
    ],
)
def test_the_size_after_padding(resize, pad, input_size):
    config = detector_config()
    steps = [dict(type='Resize', **resize)] + ([dict(type='Pad', **pad)] if pad else [])
    config.test_dataloader.dataset.pipeline = steps
    if input_size is None:
        with pytest.raises(ExportError, match='must pad every image to one size of at least'):
            ImageScaling.of_config(config)
    else:
        assert ImageScaling.of_config(config).input_size == input_size


@pytest.mark.parametrize(
    ('steps', 'message'),
    [
        ([dict(type='Pad', size=(9, 9))], 'must have a Resize, got none'),
        ([dict(type='Resize', scale=9), dict(type='RandomFlip')], r"'RandomFlip'\]"),
        ([dict(type='Resize', scale=9)] * 2, r"got \['Resize', 'Resize'\]"),
        ([dict(type='Resize', scale_factor=2.0)], 'must have a scale in px, got'),
        ([dict(type='Resize', scale=9, interpolation='area')], "'bilinear', got 'area'"),
        (
            [dict(type='Resize', scale=9), dict(type='Pad', size=(9, 9), padding_mode='edge')],
            "a constant, got 'edge'",
        ),
        (
            [
                dict(type='Resize', scale=9),
                dict(type='Pad', size=(9, 9), pad_val=dict(img=(1, 2, 3))),
            ],
            r'all channels, got \(1, 2, 3\)',
        ),
    ],
)
def test_other_pipelines_are_refused(steps, message):
    config = detector_config()
    config.test_dataloader.dataset.pipeline = steps
    with pytest.raises(ExportError, match=message):
        ImageScaling.of_config(config)
