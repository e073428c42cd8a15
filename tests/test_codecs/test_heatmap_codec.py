"""What every codec inherits."""

import numpy as np
import pytest
import torch
from mmpose.models.heads import HeatmapHead
from mmpose.structures import PoseDataSample

from mmpose_addons.codecs import (
    DARKHeatmap,
    DiskOffsetHeatmap,
    NotFiniteError,
    QuarterShiftHeatmap,
    SoftArgmaxHeatmap,
    UDPGaussianHeatmap,
    UDPOffsetHeatmap,
)

SIZES = dict(input_size=(192, 256), heatmap_size=(48, 64))
ALL = [
    DARKHeatmap,
    DiskOffsetHeatmap,
    QuarterShiftHeatmap,
    SoftArgmaxHeatmap,
    UDPGaussianHeatmap,
    UDPOffsetHeatmap,
]


@pytest.mark.parametrize(
    ('kwargs', 'message'),
    [
        (dict(input_size=(192,)), r'input_size must be \(w, h\)'),
        (dict(heatmap_size=(1, 64)), 'each at least 2'),
        (dict(grid='cubic'), "one of .*'stride', 'unit_length'.*got 'cubic'"),
        (dict(sigma=0), r'sigma must be positive \(heatmap px\), got 0'),
        (dict(beta=np.nan), 'beta must be a finite number, got nan'),
    ],
)
def test_wrong_arguments(kwargs, message):
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


def test_wrong_radius():
    with pytest.raises(ValueError, match=r'radius must be positive .*, got -1'):
        UDPOffsetHeatmap(**SIZES, radius=-1)


def test_maps_must_come_in_threes():
    with pytest.raises(ValueError, match=r'reads maps \(B, 3 K, 64, 48\), got \(1, 4,'):
        UDPOffsetHeatmap(**SIZES).decode(np.zeros((4, 64, 48)))


@pytest.mark.parametrize('where', [(0, 10, 20), (-1, ...)], ids=['pixel', 'map'])
@pytest.mark.parametrize('value', [np.nan, np.inf])
@pytest.mark.parametrize('codec', ALL)
def test_error_names_the_map_that_is_not_finite(codec, value, where, device):
    """One pixel of the heatmap or label, or all of an offset's map."""
    codec = codec(**SIZES)
    maps = torch.rand(3, 5, codec.channels_per_keypoint, 64, 48, device=device)
    maps[(1, 4, *where)] = value
    maps = maps.flatten(1, 2)
    with pytest.raises(NotFiniteError, match='keypoint 4 in sample 1'):
        codec.batch_decode(maps)
    with pytest.raises(ValueError, match='keypoint 4 in sample 0'):
        codec.decode(maps[1].cpu().numpy())


@pytest.mark.parametrize('codec', ALL)
def test_types_shapes_and_inputs_left_alone(codec, dtype, device, rng):
    """Half types are computed in float32: batch and single sample agree to that."""
    codec = codec(**SIZES)
    points = rng.uniform(40, 150, (2, 5, 2))
    maps = np.stack([codec.encode(one[None])['heatmaps'] for one in points])
    maps = torch.from_numpy(maps + rng.normal(0, 0.01, maps.shape)).to(device, dtype)
    before = maps.clone()
    keypoints, scores = codec.batch_decode(maps.requires_grad_())
    assert len(keypoints) == len(scores) == 2
    assert keypoints[0].shape == (1, 5, 2)
    assert scores[0].shape == (1, 5)
    assert keypoints[0].dtype == scores[0].dtype == np.float32
    assert torch.equal(maps, before)
    one_keypoints, one_scores = codec.decode(maps[1].detach())
    np.testing.assert_allclose(one_keypoints, keypoints[1], atol=1e-3)
    np.testing.assert_allclose(one_scores, scores[1], atol=1e-5)


@pytest.mark.parametrize('codec', ALL)
@pytest.mark.parametrize('value', [0.0, -3.0])
def test_flat_maps_give_finite_keypoints_and_a_low_score(codec, value):
    codec = codec(**SIZES)
    maps = np.full((2 * codec.channels_per_keypoint, 64, 48), value, dtype=np.float32)
    keypoints, scores = codec.decode(maps)
    assert np.isfinite(keypoints).all()
    assert (scores <= 0.5).all()  # a logit of 0 is a probability of one half


@pytest.mark.parametrize('codec', ALL)
def test_encode_leaves_its_input_alone_and_ignores_nan(codec, rng):
    keypoints = rng.uniform(0, 190, (1, 4, 2)).astype(np.float32)
    keypoints[0, 1] = np.nan
    visible = np.array([[1, 0, 1, 1]], dtype=np.float32)
    given = keypoints.copy(), visible.copy()
    result = codec(**SIZES).encode(keypoints, visible)
    np.testing.assert_array_equal(keypoints, given[0])
    np.testing.assert_array_equal(visible, given[1])
    assert np.isfinite(result['heatmaps']).all()
    assert result['keypoint_weights'].tolist() == [[1, 0, 1, 1]]


def test_use_udp_undoes_mmposes_way_back():
    """MMPose divides by w what TopdownAffine(use_udp=True) multiplied by w - 1."""
    maps = np.random.default_rng(0).random((5, 64, 48), dtype=np.float32)
    plain, _ = SoftArgmaxHeatmap(**SIZES).decode(maps)
    stretched, _ = SoftArgmaxHeatmap(**SIZES, use_udp=True).decode(maps)
    np.testing.assert_allclose(stretched, plain * [192 / 191, 256 / 255], rtol=1e-6)


@pytest.fixture
def host_copies(monkeypatch) -> list[torch.Size]:
    """Shapes of what is sent to the host from the meta device, where nothing else can go.

    A tensor there has no values: reading one, by ``numpy``, ``item``, ``bool`` or a copy,
    raises an error. So code that runs there leaves its data on any device.
    """
    shapes = []
    cpu = torch.Tensor.cpu

    def counting_cpu(tensor):
        if not tensor.is_meta:
            return cpu(tensor)
        shapes.append(tensor.shape)
        return torch.zeros_like(tensor, device='cpu')

    monkeypatch.setattr(torch.Tensor, 'cpu', counting_cpu)
    return shapes


@pytest.mark.parametrize('codec', ALL)
def test_flip_test_in_mmposes_head_sends_only_keypoints_and_scores_to_the_host(
    codec, host_copies
):
    """Hough voting, which also counts its voters, is left out; it stays on the device too."""
    combined = codec.channels_per_keypoint == 3
    decoder = dict(type=codec.__name__, **SIZES)
    if codec is DiskOffsetHeatmap:
        decoder['hough'] = False
    head = HeatmapHead(
        in_channels=8,
        out_channels=3 * codec.channels_per_keypoint,
        deconv_out_channels=None,
        decoder=decoder,
    ).to('meta')
    features = (torch.empty(2, 8, 64, 48, device='meta'),)
    flip_test = dict(flip_test=True, shift_heatmap=not combined)
    flip_test['flip_mode'] = 'udp_combined' if combined else 'heatmap'
    sample = PoseDataSample(metainfo=dict(flip_indices=[1, 0, 2]))
    predictions = head.predict([features, features], [sample] * 2, flip_test)
    assert host_copies == [(2, 3, 3)]  # samples, keypoints, (x, y, score)
    assert predictions[1].keypoints.shape == (1, 3, 2)
    assert predictions[1].keypoint_scores.shape == (1, 3)


@pytest.mark.parametrize('codec', ALL)
def test_a_batch_read_in_parts_is_the_batch_read_at_once(codec, rng, monkeypatch):
    codec = codec(**SIZES)
    maps = rng.random((5, 2 * codec.channels_per_keypoint, 64, 48), dtype=np.float32)
    whole, scores = codec.batch_decode(torch.from_numpy(maps))
    monkeypatch.setattr('mmpose_addons.codecs.heatmap_codec.MAX_PIXELS_PER_CHUNK', 4 * 64 * 48)
    assert len(codec._chunks(maps)) == 3
    parts, part_scores = codec.batch_decode(torch.from_numpy(maps))
    np.testing.assert_allclose(parts, whole, atol=1e-3)
    np.testing.assert_allclose(part_scores, scores, atol=1e-6)


@pytest.mark.parametrize('codec', ALL)
def test_a_batch_of_nobody(codec):
    codec = codec(**SIZES)
    maps = torch.zeros(0, 2 * codec.channels_per_keypoint, 64, 48)
    assert codec.batch_decode(maps) == ([], [])


@pytest.mark.parametrize('codec', ALL)
def test_however_maps_lie_in_memory(codec, rng):
    codec = codec(**SIZES)
    maps = rng.random((2 * codec.channels_per_keypoint, 64, 48), dtype=np.float32)
    locked = maps.copy()
    locked.flags.writeable = False
    wanted, _ = codec.decode(maps)
    for same in (
        locked,
        maps[:, ::-1].copy()[:, ::-1],
        torch.from_numpy(maps)[None].to(memory_format=torch.channels_last)[0],
        torch.from_numpy(maps).requires_grad_(),
    ):
        np.testing.assert_allclose(codec.decode(same)[0], wanted, atol=1e-3)
