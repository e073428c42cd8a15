"""Beta-soft-argmax."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import soft_argmax


def test_worked_by_hand():
    """Two pixels whose values differ by ln 3 / beta share the weight 3 to 1."""
    heatmap = torch.full((5, 5), -100.0, dtype=torch.float64)
    heatmap[2, 1], heatmap[2, 3] = np.log(3) / 2, 0
    points, score = soft_argmax(heatmap, beta=2)
    torch.testing.assert_close(points, torch.tensor([1.5, 2.0], dtype=torch.float64))
    assert score == heatmap[2, 2]  # 1.5 goes up to 2


@pytest.mark.parametrize('beta', [0, 1e-6, 10, 160, 1e6, 1e30, -160, -1e30])
@pytest.mark.parametrize('scale', [1e-6, 1, 1e4, 1e30])
def test_no_beta_and_no_map_overflows(beta, scale, rng):
    maps = torch.from_numpy(rng.normal(size=(4, 6, 5))) * scale
    points, scores = soft_argmax(maps.float(), beta)
    assert points.isfinite().all()
    assert scores.isfinite().all()
    assert (points >= 0).all()
    assert (points <= torch.tensor([4, 5])).all()


@pytest.mark.parametrize('value', [0.0, -1.0, 0.7, 1e30])
def test_constant_maps_have_their_centre_and_a_low_score(value):
    points, score = soft_argmax(torch.full((2, 6, 5), value))
    torch.testing.assert_close(points, torch.tensor([[2.0, 2.5]]).expand(2, 2))
    assert (score <= 0).all()


def test_nan_shows_in_both_results():
    heatmap = torch.rand(2, 6, 5)
    heatmap[1, 2, 3] = torch.nan
    points, score = soft_argmax(heatmap)
    assert points[0].isfinite().all()
    assert points[1].isnan().all()
    assert score.isnan().tolist() == [False, True]


@pytest.mark.parametrize('beta', [np.nan, np.inf])
def test_beta_must_be_finite(beta):
    with pytest.raises(ValueError, match='beta must be a finite number'):
        soft_argmax(torch.zeros(3, 3), beta)


def test_large_beta_is_the_maximum_and_small_beta_the_mean(rng):
    heatmap = rng.random((6, 5))
    y, x = np.unravel_index(heatmap.argmax(), heatmap.shape)
    np.testing.assert_allclose(soft_argmax(heatmap, 1e6)[0], [x, y], atol=1e-6)
    np.testing.assert_allclose(soft_argmax(heatmap, 1e-6)[0], [2, 2.5], atol=1e-5)


def test_gradient():
    heatmap = torch.rand(2, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda maps: soft_argmax(maps, 5.0)[0], heatmap)


def test_batched_equals_looped(rng):
    maps = rng.random((2, 3, 6, 5)).astype(np.float32)
    points, scores = soft_argmax(maps)
    for n, k in np.ndindex(2, 3):
        point, score = soft_argmax(maps[n, k])
        np.testing.assert_allclose(points[n, k], point, atol=1e-6)
        assert scores[n, k] == score
