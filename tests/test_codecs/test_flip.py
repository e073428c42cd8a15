"""Flip test: by how much a mirrored input's maps are off, and what is left after it."""

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData
from mmpose.models.heads import HeatmapHead
from mmpose.models.utils.tta import flip_heatmaps
from mmpose.structures import PoseDataSample

FLIP = [1, 0, 2]  # the first two keypoints are left and right
GAUSSIAN = [('DARKHeatmap', {}), ('DARKHeatmap', dict(grid='unit_length'))]
GAUSSIAN += [('UDPGaussianHeatmap', {})]
DISKS = [
    ('UDPOffsetHeatmap', {}),
    ('DiskOffsetHeatmap', {}),
    ('DiskOffsetHeatmap', dict(hough=False)),
]


def mirrored(keypoints, width):
    """Keypoints (1, K, 2), input px, of the mirrored image."""
    flipped = keypoints[:, FLIP].copy()
    flipped[..., 0] = width - 1 - flipped[..., 0]
    return flipped


@pytest.mark.parametrize('shift', [False, True])
@pytest.mark.parametrize('stride', [4, 8])
@pytest.mark.parametrize(('name', 'kwargs'), GAUSSIAN + DISKS)
def test_what_mirroring_leaves(name, kwargs, stride, shift, build, rng):
    """Measured against the papers' arithmetic, in heatmap px.

    On the stride grid the map of the mirrored input, mirrored back, is off by
    -(s - 1) / s; the 1 px shift leaves 1 / s. On the unit-length grid it is right, and
    the shift would spoil it by 1.
    """
    width, height = 32 * stride, 40 * stride
    codec = build(name, (width, height), (32, 40), **kwargs)
    unit = np.allclose(codec.scale, (width - 1) / 31, rtol=0.1) and name != 'DARKHeatmap'
    unit |= kwargs.get('grid') == 'unit_length'
    keypoints = rng.uniform(8 * stride, (24 * stride, 32 * stride), (1, 3, 2))
    maps = torch.from_numpy(codec.encode(mirrored(keypoints, width))['heatmaps'])[None]
    mode = 'udp_combined' if codec.channels_per_keypoint == 3 else 'heatmap'
    found = codec.batch_decode(flip_heatmaps(maps, FLIP, mode, shift))[0][0]
    off = (found - keypoints)[0] / codec.scale
    expected = (0 if unit else -(stride - 1) / stride) + shift
    np.testing.assert_allclose(off[:, 0], expected, atol=0.01)
    np.testing.assert_allclose(off[:, 1], 0, atol=0.01)


@pytest.mark.parametrize(('name', 'kwargs'), [*GAUSSIAN[1:], *DISKS])
def test_flip_test_through_mmposes_head_is_exact(name, kwargs, build, rng, device):
    """HeatmapHead.predict averages both maps; on the unit-length grid nothing moves."""
    codec = build(name, **kwargs)
    keypoints = rng.uniform(40, (150, 210), (1, 3, 2))
    features = [
        torch.from_numpy(codec.encode(points)['heatmaps'])[None].to(device)
        for points in (keypoints, mirrored(keypoints, 192))
    ]
    head = HeatmapHead(
        in_channels=len(features[0][0]),
        out_channels=len(features[0][0]),
        deconv_out_channels=None,
        final_layer=None,
        decoder=dict(type=name, input_size=(192, 256), heatmap_size=(48, 64), **kwargs),
    ).to(device)
    combined = codec.channels_per_keypoint == 3
    prediction = head.predict(
        [(feature,) for feature in features],
        [PoseDataSample(metainfo=dict(flip_indices=FLIP), gt_instances=InstanceData())],
        dict(
            flip_test=True,
            flip_mode='udp_combined' if combined else 'heatmap',
            shift_heatmap=False,
        ),
    )[0]
    np.testing.assert_allclose(prediction.keypoints, keypoints, atol=0.05)
