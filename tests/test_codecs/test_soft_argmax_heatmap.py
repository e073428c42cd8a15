"""LPN's codec against its published code."""

import numpy as np
import pytest
import torch
from mmpose.registry import KEYPOINT_CODECS

SIZES = dict(input_size=(192, 256), heatmap_size=(48, 64))


def build(**kwargs):
    return KEYPOINT_CODECS.build(dict(type='SoftArgmaxHeatmap', **{**SIZES, **kwargs}))


@pytest.mark.reference
@pytest.mark.parametrize(
    ('kwargs', 'name'),
    [
        (dict(), 'soft_argmax_beta160_px'),
        (dict(beta=100), 'soft_argmax_beta100_px'),
        (dict(shift=True), 'soft_argmax_beta160_then_shift_px'),
    ],
)
def test_decodes_what_the_published_code_decodes(kwargs, name, decoded):
    codec = build(**kwargs)
    keypoints, scores = codec.batch_decode(torch.from_numpy(decoded['heatmaps']))
    for n, heatmaps in enumerate(decoded['heatmaps']):
        np.testing.assert_allclose(keypoints[n][0] / 4, decoded[name][n], atol=1e-4)
        one_keypoints, one_scores = codec.decode(heatmaps)
        np.testing.assert_array_equal(one_keypoints, keypoints[n])
        np.testing.assert_array_equal(one_scores, scores[n])
        if 'beta' not in kwargs:
            np.testing.assert_allclose(
                scores[n][0], decoded['soft_argmax_beta160_score'][n], rtol=1e-6
            )


@pytest.mark.reference
@pytest.mark.parametrize(('unbiased', 'name'), [(False, 'simple_baseline'), (True, 'dark')])
def test_draws_what_the_published_code_draws(unbiased, name, encoded):
    codec = build(unbiased=unbiased)
    for n, keypoints in enumerate(encoded['keypoints_input_px']):
        result = codec.encode(keypoints[None], encoded['visible'][None, n])
        np.testing.assert_allclose(result['heatmaps'], encoded[f'{name}_target'][n], atol=1e-6)
        np.testing.assert_array_equal(
            result['keypoint_weights'][0], encoded[f'{name}_weight'][n]
        )


@pytest.mark.parametrize('value', [0.0, -3.0, 0.5])
def test_flat_maps_give_finite_keypoints_and_a_low_score(value):
    keypoints, scores = build().decode(np.full((2, 64, 48), value, dtype=np.float32))
    assert np.isfinite(keypoints).all()
    assert (scores <= 0).all()
