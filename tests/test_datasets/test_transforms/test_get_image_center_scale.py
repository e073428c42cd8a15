"""Whole images as crops."""

import numpy as np

from mmpose_addons.datasets import GetImageCenterScale


def test_the_crop_is_the_image_and_the_box_stays():
    box = np.array([[10, 20, 30, 40]], np.float32)
    results = dict(ori_shape=(48, 64), bbox=box)
    found = GetImageCenterScale(padding=1.5)(results)
    np.testing.assert_array_equal(found['bbox_center'], [[32, 24]])
    np.testing.assert_array_equal(found['bbox_scale'], [[96, 72]])
    assert found['bbox'] is box
    assert 'bbox_center' not in results
