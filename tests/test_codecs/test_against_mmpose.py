"""The codecs against MMPose's, and MMPose's own codec tests with 0.1 px."""

import numpy as np
import pytest
import torch

EXACT = [
    'DARKHeatmap',
    'UDPGaussianHeatmap',
    'UDPOffsetHeatmap',
    'DiskOffsetHeatmap',
]


def noisy_maps(rng, build, count=40, border=8):
    """Blobs at least so many heatmap px from the border, with noise."""
    keypoints = rng.uniform(4 * border, (192 - 4 * border, 256 - 4 * border), (1, count, 2))
    maps = build('MSRAHeatmap', sigma=2, unbiased=True).encode(keypoints)['heatmaps']
    return (maps + rng.normal(0, 0.004, maps.shape)).astype(np.float32)


@pytest.mark.parametrize(
    ('name', 'theirs'),
    [('QuarterShiftHeatmap', dict()), ('DARKHeatmap', dict(unbiased=True))],
)
def test_decodes_as_msra_heatmap(name, theirs, build, rng):
    maps = noisy_maps(rng, build)
    keypoints, scores = build(name).decode(maps)
    expected, expected_scores = build('MSRAHeatmap', sigma=2, **theirs).decode(maps)
    np.testing.assert_allclose(keypoints, expected, atol=1e-3)
    np.testing.assert_array_equal(scores, expected_scores)


@pytest.mark.parametrize(
    ('name', 'theirs', 'kwargs'),
    [
        ('QuarterShiftHeatmap', 'MSRAHeatmap', dict(sigma=2)),
        ('DARKHeatmap', 'MSRAHeatmap', dict(sigma=2, unbiased=True)),
        ('UDPGaussianHeatmap', 'UDPHeatmap', dict(sigma=2)),
    ],
)
def test_draws_as_mmpose(name, theirs, kwargs, build, rng):
    # 7 to 8 heatmap px outside, where nothing is drawn any more, DARK's code keeps the
    # weight and MMPose does not.
    keypoints = rng.uniform(-28, (232, 296), (1, 50, 2)).astype(np.float32)
    visible = (rng.random((1, 50)) > 0.3).astype(np.float32)
    result = build(name).encode(keypoints, visible)
    expected = build(theirs, **kwargs).encode(keypoints, visible)
    np.testing.assert_allclose(result['heatmaps'], expected['heatmaps'], atol=1e-5)
    np.testing.assert_array_equal(result['keypoint_weights'], expected['keypoint_weights'])


def test_offsets_are_mmposes_inside_the_disk(build, rng):
    """MMPose's offsets run on outside the disk, where its loss does not look."""
    keypoints = rng.uniform(0, (191, 255), (1, 20, 2)).astype(np.float32)
    result = build('UDPOffsetHeatmap', radius_factor=0.0546875).encode(keypoints)
    expected = build('UDPHeatmap', heatmap_type='combined').encode(keypoints)
    ours, theirs = (maps['heatmaps'].reshape(20, 3, 64, 48) for maps in (result, expected))
    np.testing.assert_array_equal(ours[:, 0], theirs[:, 0])
    np.testing.assert_allclose(ours, theirs * theirs[:, :1], atol=1e-5)
    assert abs(theirs).max() > 10


def test_udp_heatmap_differs_from_udps_code_and_from_us(build, rng):
    """The measured gap near the border, and none of it inside, where both are exact."""
    ours, theirs = build('UDPGaussianHeatmap'), build('UDPHeatmap', sigma=2)
    inside = noisy_maps(rng, build)
    difference = ours.decode(inside)[0] - theirs.decode(inside)[0] * [191 / 192, 255 / 256]
    assert abs(difference).max() / 4 < 0.1
    keypoints = np.array([[[2.0, 100.0], [188.0, 30.0], [90.0, 3.0]]])
    maps = ours.encode(keypoints)['heatmaps']
    difference = ours.decode(maps)[0] - theirs.decode(maps)[0] * [191 / 192, 255 / 256]
    assert abs(difference).max() / 4 > 0.2


@pytest.mark.parametrize('name', EXACT)
@pytest.mark.parametrize('batched', [False, True])
def test_mmposes_round_trip_within_a_tenth_of_a_pixel(name, batched, build, rng):
    """Keypoints in the middle 80 % of the input, as MMPose's tests draw them."""
    codec = build(name)
    keypoints = (0.1 + 0.8 * rng.random((8, 17, 2))) * [192, 256]
    maps = np.stack([codec.encode(one[None])['heatmaps'] for one in keypoints])
    if batched:
        found, scores = map(np.concatenate, codec.batch_decode(torch.from_numpy(maps)))
    else:
        found, scores = map(np.concatenate, zip(*map(codec.decode, maps), strict=True))
    assert found.shape == (8, 17, 2)
    assert scores.shape == (8, 17)
    np.testing.assert_allclose(found, keypoints, atol=0.1)


@pytest.mark.parametrize('name', ['QuarterShiftHeatmap', 'SoftArgmaxHeatmap'])
def test_mmposes_round_trip_of_rounded_centres(name, build, rng):
    """Rounding costs up to half a heatmap px, which is 2 input px; nothing more."""
    codec = build(name)
    keypoints = (0.1 + 0.8 * rng.random((1, 200, 2))) * [192, 256]
    found, _ = codec.decode(codec.encode(keypoints)['heatmaps'])
    np.testing.assert_allclose(found, keypoints, atol=2.01)


@pytest.mark.parametrize('name', [*EXACT, 'QuarterShiftHeatmap', 'SoftArgmaxHeatmap'])
@pytest.mark.parametrize('visible', [0.0, 1.0])
def test_mmposes_test_of_shapes(name, visible, build):
    codec = build(name)
    channels = 17 * codec.channels_per_keypoint
    result = codec.encode(np.full((1, 17, 2), 50.0), np.full((1, 17), visible))
    assert result['heatmaps'].shape == (channels, 64, 48)
    assert result['keypoint_weights'].shape == (1, 17)
    assert (result['keypoint_weights'] == visible).all()
    assert (result['heatmaps'].max() > 0) == bool(visible)
    assert codec.support_batch_decoding
