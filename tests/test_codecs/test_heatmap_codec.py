"""What every codec inherits."""

import numpy as np
import pytest
import torch
from mmpose.models.heads import HeatmapHead

from mmpose_addons.codecs import NotFiniteError, SoftArgmaxHeatmap

SIZES = dict(input_size=(192, 256), heatmap_size=(48, 64))


@pytest.mark.parametrize(
    ('kwargs', 'message'),
    [
        (dict(input_size=(192,)), r'input_size must be \(w, h\)'),
        (dict(heatmap_size=(1, 64)), 'each at least 2'),
    ],
)
def test_wrong_sizes(kwargs, message):
    with pytest.raises(ValueError, match=message):
        SoftArgmaxHeatmap(**{**SIZES, **kwargs})


@pytest.mark.parametrize(
    ('keypoints', 'visible', 'message'),
    [
        ((2, 17, 2), (2, 17), r'one instance, keypoints of shape \(1, K, 2\)'),
        ((17, 2), (17,), r'got \(17, 2\)'),
        ((1, 17, 2), (1, 16), r'must have shape \(1, 17\), got \(1, 16\)'),
    ],
)
def test_wrong_keypoints(keypoints, visible, message):
    with pytest.raises(ValueError, match=message):
        SoftArgmaxHeatmap(**SIZES).encode(np.zeros(keypoints), np.ones(visible))


@pytest.mark.parametrize('shape', [(64, 48), (2, 17, 48, 64)])
def test_wrong_maps(shape):
    codec = SoftArgmaxHeatmap(**SIZES)
    with pytest.raises(ValueError, match='got'):
        codec.decode(np.zeros(shape))
    with pytest.raises(ValueError, match='got'):
        codec.batch_decode(torch.zeros(shape))


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_error_names_the_map_that_is_not_finite(value, device):
    maps = torch.rand(3, 5, 64, 48, device=device)
    maps[1, 4, 10, 20] = value
    codec = SoftArgmaxHeatmap(**SIZES)
    with pytest.raises(NotFiniteError, match='keypoint 4 in sample 1'):
        codec.batch_decode(maps)
    with pytest.raises(ValueError, match='keypoint 4 in sample 0'):
        codec.decode(maps[1].cpu().numpy())


def test_types_shapes_and_inputs_left_alone(dtype, device, rng):
    codec = SoftArgmaxHeatmap(**SIZES)
    maps = torch.from_numpy(rng.random((2, 5, 64, 48))).to(device, dtype)
    before = maps.clone()
    keypoints, scores = codec.batch_decode(maps.requires_grad_())
    assert len(keypoints) == len(scores) == 2
    assert keypoints[0].shape == (1, 5, 2)
    assert scores[0].shape == (1, 5)
    assert keypoints[0].dtype == scores[0].dtype == np.float32
    assert torch.equal(maps, before)
    one_keypoints, one_scores = codec.decode(maps[1].detach())
    np.testing.assert_allclose(one_keypoints, keypoints[1], atol=1e-5)
    np.testing.assert_allclose(one_scores, scores[1], atol=1e-7)


def test_use_udp_undoes_mmposes_way_back():
    """MMPose divides by w what TopdownAffine(use_udp=True) multiplied by w - 1."""
    maps = np.random.default_rng(0).random((5, 64, 48), dtype=np.float32)
    plain, _ = SoftArgmaxHeatmap(**SIZES).decode(maps)
    stretched, _ = SoftArgmaxHeatmap(**SIZES, use_udp=True).decode(maps)
    np.testing.assert_allclose(stretched, plain * [192 / 191, 256 / 255], rtol=1e-6)


def test_through_mmposes_head(device):
    head = HeatmapHead(
        in_channels=8,
        out_channels=5,
        deconv_out_channels=None,
        decoder=dict(type='SoftArgmaxHeatmap', **SIZES),
    ).to(device)
    predictions = head.predict((torch.rand(2, 8, 64, 48, device=device),), [])
    assert len(predictions) == 2
    assert predictions[0].keypoints.shape == (1, 5, 2)
    assert predictions[0].keypoint_scores.shape == (1, 5)
