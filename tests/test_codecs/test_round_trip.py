"""decode(encode(x)) is x, in the input and through MMPose's way into and out of it."""

from types import SimpleNamespace

import numpy as np
import pytest
from mmengine.structures import InstanceData
from mmpose.datasets.transforms import TopdownAffine
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.structures import PoseDataSample

# Name, arguments, largest error in heatmap px, and how many heatmap px from the border
# it holds. DARK makes no step near the border and UDP's step is not made for it: the
# papers' rules. The offsets are exact everywhere.
CODECS = [
    ('DARKHeatmap', dict(), 0.05, 4),
    ('DARKHeatmap', dict(grid='unit_length'), 0.05, 4),
    ('DARKHeatmap', dict(sigma=3), 0.05, 6),
    ('UDPGaussianHeatmap', dict(), 0.05, 4),
    ('UDPGaussianHeatmap', dict(grid='stride'), 0.05, 4),
    ('UDPOffsetHeatmap', dict(), 0.01, 0),
    ('UDPOffsetHeatmap', dict(radius_factor=0.0546875), 0.01, 0),
    ('UDPOffsetHeatmap', dict(blur_outside_disk=True), 0.032, 5),
    ('DiskOffsetHeatmap', dict(), 0.01, 0),
    ('DiskOffsetHeatmap', dict(hough=False), 0.01, 0),
]
SIZES = [
    ((192, 256), (48, 64)),
    ((288, 384), (72, 96)),
    ((96, 128), (24, 32)),
    ((257, 353), (33, 45)),
    ((101, 77), (25, 19)),
]


def points_inside(rng, codec, border):
    """Keypoints (1, 300, 2), input px, that many heatmap px from the border at least."""
    low, high = border, np.subtract(codec.heatmap_size, 1 + border)
    return rng.uniform(low, high, (1, 300, 2)) * codec.scale


@pytest.mark.parametrize(('input_size', 'heatmap_size'), SIZES)
@pytest.mark.parametrize(('name', 'kwargs', 'tolerance', 'border'), CODECS)
def test_in_the_input(name, kwargs, tolerance, border, input_size, heatmap_size, build, rng):
    codec = build(name, input_size, heatmap_size, **kwargs)
    keypoints = points_inside(rng, codec, border)
    found, _ = codec.decode(codec.encode(keypoints)['heatmaps'])
    assert (abs(found - keypoints) / codec.scale).max() < tolerance


@pytest.mark.parametrize('use_udp', [False, True])
@pytest.mark.parametrize(('input_size', 'heatmap_size'), SIZES[:3])
@pytest.mark.parametrize(('name', 'kwargs', 'tolerance', 'border'), CODECS)
def test_in_the_image(
    name, kwargs, tolerance, border, input_size, heatmap_size, use_udp, build, rng
):
    """Through TopdownAffine and the pose estimator's way back, with the same flag."""
    codec = build(name, input_size, heatmap_size, use_udp=use_udp, **kwargs)
    affine = TopdownAffine(input_size, use_udp=use_udp)
    results = affine.transform(
        dict(
            img=np.zeros((8, 8, 3), dtype=np.uint8),
            bbox_center=np.array([[233.0, 310.5]], dtype=np.float32),
            bbox_scale=np.array([[210.0, 260.0]], dtype=np.float32),
            keypoints=rng.uniform((130, 160), (335, 460), (1, 1000, 2)).astype(np.float32),
        )
    )
    points = results['transformed_keypoints'][0] / codec.scale
    last = np.subtract(heatmap_size, 1 + border)
    inside = np.flatnonzero(((points >= border) & (points <= last)).all(-1))[:200]
    assert len(inside) == 200
    encoded = codec.encode(results['transformed_keypoints'][:, inside])
    keypoints, scores = codec.decode(encoded['heatmaps'])
    sample = PoseDataSample(
        metainfo={k: results[k] for k in ('input_size', 'input_center', 'input_scale')}
    )
    sample.gt_instances = InstanceData(bboxes=np.zeros((1, 4)), bbox_scores=np.ones(1))
    TopdownPoseEstimator.add_pred_to_datasample(
        SimpleNamespace(test_cfg={}),
        [InstanceData(keypoints=keypoints, keypoint_scores=scores)],
        None,
        [sample],
    )
    found = sample.pred_instances.keypoints[0]
    image_px = results['input_scale'] / np.subtract(heatmap_size, 1)  # per heatmap px
    difference = abs(found - results['keypoints'][0, inside]) / image_px
    assert difference.max() < tolerance


def test_the_flag_matters(build):
    """With the wrong one a keypoint at the far side is 1 input px off."""
    keypoints = np.array([[[180.0, 240.0]]])
    found = [
        build('UDPOffsetHeatmap', use_udp=flag).decode(
            build('UDPOffsetHeatmap').encode(keypoints)['heatmaps']
        )[0]
        for flag in (False, True)
    ]
    np.testing.assert_allclose(found[1] - found[0], [[[180 / 191, 240 / 255]]], atol=1e-3)
