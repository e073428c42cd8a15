"""Crops are exactly those of MMPose's TopdownAffine."""

import cv2
import numpy as np
import pytest
from mmpose.datasets.transforms import GetBBoxCenterScale, TopdownAffine

from helpers.poses import random_image, some_boxes
from mmpose_addons_runtime.geometry import CropGeometry


@pytest.mark.parametrize('use_udp', [False, True])
@pytest.mark.parametrize('input_size', [(48, 64), (64, 64), (96, 40)])
def test_crops_are_those_of_mmpose(rng, input_size, use_udp):
    image, boxes = random_image(rng), some_boxes(rng, 20)
    geometry = CropGeometry(input_size, 1.1, use_udp)
    centres, sizes = geometry.regions(boxes)
    crop = np.empty((*input_size[::-1], 3), np.uint8)
    region = GetBBoxCenterScale(padding=1.1)
    affine = TopdownAffine(input_size, use_udp=use_udp)
    for box, centre, size in zip(boxes, centres, sizes, strict=True):
        expected = affine.transform(region.transform(dict(img=image, bbox=box[None])))
        np.testing.assert_array_equal(centre, expected['bbox_center'][0])
        np.testing.assert_array_equal(size, expected['bbox_scale'][0])
        geometry.warp(image, centre, size, crop)
        np.testing.assert_array_equal(crop, expected['img'])


@pytest.mark.parametrize('use_udp', [False, True])
def test_points_go_back_to_where_they_were(use_udp):
    """A bright square of the image lies where the crop's square is mapped to."""
    image = np.zeros((200, 300, 3), np.uint8)
    cv2.rectangle(image, (150, 80), (159, 89), (255, 255, 255), -1)
    geometry = CropGeometry((48, 64), 1.25, use_udp)
    centres, sizes = geometry.regions(np.array([[100, 40, 190, 150]], np.float32))
    crop = np.empty((64, 48, 3), np.uint8)
    geometry.warp(image, centres[0], sizes[0], crop)
    y, x = np.mgrid[:64, :48]
    weight = crop[..., 0].astype(float)
    point = np.array([[[(x * weight).sum(), (y * weight).sum()]]]) / weight.sum()
    found = geometry.to_image(point, centres, sizes)
    # without UDP, MMPose's warp and its way back differ by up to half a px of the crop
    np.testing.assert_allclose(found[0, 0], (154.5, 84.5), atol=0.3 if use_udp else 1.5)
