"""Every method against keypoints that are known, on both grids."""

import numpy as np
import pytest
import torch
from mmpose.registry import KEYPOINT_CODECS

import mmpose_addons.export.decoding as decoding
from helpers.poses import HEATMAP, INPUT, pose_config, pose_model
from mmpose_addons.codecs.heatmap_codec import GRIDS
from mmpose_addons.export import (
    METHODS,
    ExportError,
    PoseGraph,
    decodes_alike,
    expected_outputs,
    largest_difference,
)
from mmpose_addons.export.decoding import keypoint_decoder

SIZES = dict(input_size=(192, 256), heatmap_size=(48, 64))
GAUSSIAN = 'QuarterShiftHeatmap', 'DARKHeatmap', 'UDPGaussianHeatmap', 'SoftArgmaxHeatmap'
BIASED = 'QuarterShiftHeatmap', 'SoftArgmaxHeatmap', 'MSRAHeatmap'
"""These draw round the nearest pixel."""
MMPOSE = dict(MSRAHeatmap='stride', UDPHeatmap='unit_length')
# Largest error for keypoints between pixels, heatmap px: half a pixel in x and in y where a
# method or its target knows whole pixels only.
BETWEEN = {'argmax': 0.51, 'quarter-shift': 0.51, 'soft-argmax': 0.51, 'dark': 0.1, 'udp': 0.1}


def codec_of(name, **options):
    return KEYPOINT_CODECS.build(dict(type=name, sigma=2, **SIZES, **options))


def codecs():
    """Each codec that draws Gaussians, with each of its grids."""
    for name in GAUSSIAN:
        for grid in GRIDS:
            yield codec_of(name, grid=grid), GRIDS[grid]
    for name, grid in MMPOSE.items():
        yield codec_of(name), GRIDS[grid]


CODECS = [
    pytest.param(codec, grid, id=f'{type(codec).__name__}-{grid.__name__}')
    for codec, grid in codecs()
]


def decoded(codec, method, keypoints):
    """(x, y), input px, of targets drawn for keypoints (K, 2), input px."""
    visible = np.ones((1, len(keypoints)), np.float32)
    maps = codec.encode(keypoints[None].astype(np.float32), visible)['heatmaps']
    return keypoint_decoder(codec, method)(torch.from_numpy(maps)[None])[0, :, :2].numpy()


@pytest.mark.parametrize('method', BETWEEN)
@pytest.mark.parametrize(('codec', 'grid'), CODECS)
def test_a_named_method_finds_the_truth_on_the_grid_of_the_codec(codec, grid, method, rng):
    per_pixel = grid(SIZES['input_size'], SIZES['heatmap_size'])
    pixels = rng.integers((8, 8), (40, 56), (20, 2)).astype(float)
    found = decoded(codec, method, pixels * per_pixel)
    # rounding makes one neighbour the higher one, so the quarter pixel is allowed
    tolerance = 1.05 if method == 'quarter-shift' else 0.05
    np.testing.assert_allclose(found, pixels * per_pixel, atol=tolerance)
    between = rng.uniform(8, (40, 56), (20, 2))
    error = (decoded(codec, method, between * per_pixel) - between * per_pixel) / per_pixel
    drawn_at_pixels = type(codec).__name__ in BIASED
    assert abs(error).max() < (0.51 if drawn_at_pixels else BETWEEN[method])


@pytest.mark.parametrize(('codec', 'grid'), CODECS[:-1])  # MMPose's UDP: see below
def test_the_codecs_own_method_is_its_decode(codec, grid, rng):
    keypoints = rng.uniform(30, (160, 220), (1, 20, 2)).astype(np.float32)
    maps = codec.encode(keypoints, np.ones((1, 20), np.float32))['heatmaps']
    found = keypoint_decoder(codec)(torch.from_numpy(maps)[None])[0].numpy()
    points, scores = codec.decode(maps)
    np.testing.assert_allclose(found[:, :2], points[0], atol=0.01)
    np.testing.assert_allclose(found[:, 2], scores[0], atol=1e-5)


@pytest.mark.parametrize('name', ['UDPOffsetHeatmap', 'DiskOffsetHeatmap'])
@pytest.mark.parametrize('grid', GRIDS)
def test_offsets_find_the_truth(name, grid, rng):
    codec = KEYPOINT_CODECS.build(dict(type=name, radius=4.0, grid=grid, **SIZES))
    keypoints = rng.uniform(30, (160, 220), (10, 2))
    maps = codec.encode(keypoints[None].astype(np.float32))['heatmaps']
    if name == 'DiskOffsetHeatmap':
        maps[::3] = 20 * maps[::3] - 10  # logits
    found = keypoint_decoder(codec)(torch.from_numpy(maps)[None])[0, :, :2]
    np.testing.assert_allclose(found, keypoints, atol=0.05)


def test_which_methods_decode_as_their_codec():
    alike = {
        (name, method)
        for name in GAUSSIAN
        for method in METHODS[1:]
        if decodes_alike(codec_of(name), method)
    }
    own_methods = 'quarter-shift', 'dark', 'udp', 'soft-argmax'
    assert alike == set(zip(GAUSSIAN, own_methods, strict=True))
    assert decodes_alike(codec_of('MSRAHeatmap'), 'codec')
    assert not decodes_alike(codec_of('MSRAHeatmap'), 'quarter-shift')
    assert not decodes_alike(codec_of('DARKHeatmap', blur_kernel_size=9), 'dark')
    assert not decodes_alike(codec_of('UDPGaussianHeatmap', accept_any_step=True), 'udp')
    assert not decodes_alike(codec_of('SoftArgmaxHeatmap', beta=10), 'soft-argmax')


@pytest.mark.parametrize('grid', GRIDS)
@pytest.mark.parametrize(('codec', 'method'), [('DARKHeatmap', 'dark'), ('DARKHeatmap', 'udp')])
def test_the_check_compares_with_the_codec_where_it_can(codec, method, grid, rng, monkeypatch):
    """A wrong scale in the graph is seen where the codec decodes alike."""
    config = pose_config(codec)
    config.model.head.decoder.grid = grid
    model = pose_model(config)
    crops = rng.integers(0, 256, (2, *INPUT[::-1], 3), dtype=np.uint8)

    def difference():
        graph = PoseGraph(model, method).eval()
        with torch.no_grad():
            found = graph(torch.from_numpy(crops)).numpy()
        return largest_difference(found, expected_outputs(model, method, False, crops), True)[0]

    assert difference() < 0.05
    other = next(GRIDS[name] for name in GRIDS if name != grid)
    monkeypatch.setattr(
        decoding, 'input_px_per_heatmap_px', lambda codec: other(INPUT, HEATMAP)
    )
    assert (difference() > 0.5) == (method == 'dark')


def test_codecs_with_another_relation_between_map_and_input_are_refused():
    codec = KEYPOINT_CODECS.build(dict(type='MegviiHeatmap', kernel_size=11, **SIZES))
    with pytest.raises(ExportError, match='got MegviiHeatmap'):
        keypoint_decoder(codec, 'dark')
    with pytest.raises(ExportError, match="got 'median'"):
        keypoint_decoder(codec, 'median')
