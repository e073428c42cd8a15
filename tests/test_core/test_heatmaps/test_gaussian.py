"""Gaussian targets."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import gaussian_heatmaps

KINDS = [(False, True), (True, False), (True, True)]


@pytest.mark.parametrize(('unbiased', 'truncated'), KINDS)
def test_against_the_formula(unbiased, truncated, rng):
    centres = rng.uniform(-3, 14, size=(2, 6, 2))
    maps, weights = gaussian_heatmaps(
        centres, np.ones((2, 6)), (11, 9), 1.5, unbiased, truncated
    )
    y, x = np.mgrid[:9, :11]
    for n, k in np.ndindex(2, 6):
        pixel = np.trunc(centres[n, k] + 0.5)
        cx, cy = centres[n, k] if unbiased else pixel
        expected = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 1.5**2))
        if truncated:
            expected *= (abs(x - pixel[0]) <= 4.5) & (abs(y - pixel[1]) <= 4.5)
        np.testing.assert_allclose(maps[n, k], expected, atol=1e-6)
    assert (weights == 1).all()


@pytest.mark.parametrize(('unbiased', 'truncated'), KINDS)
@pytest.mark.parametrize(
    ('centre', 'weight'),
    [((16.4, 5), 1), ((18.5, 5), 0), ((5, 16.6), 0), ((5, -9), 0), ((np.nan, 5), 0)],
)
def test_weight_of_keypoints_outside(unbiased, truncated, centre, weight):
    maps, weights = gaussian_heatmaps(
        np.array([centre]), np.ones(1), (11, 9), 2, unbiased, truncated
    )
    assert weights.tolist() == [weight]
    assert (maps.max() > 0) == bool(weight)


def test_invisible_keypoints_are_not_drawn_and_weights_are_kept():
    centres = np.full((4, 2), 5.0)
    visible = np.array([0, 0.4, 0.6, 2])
    maps, weights = gaussian_heatmaps(centres, visible, (11, 9), 2)
    assert maps.max((1, 2)).tolist() == [0, 0, 1, 1]
    assert weights.tolist() == visible.tolist()


@pytest.mark.parametrize(('unbiased', 'truncated'), KINDS)
def test_torch_and_numpy_agree_and_give_float32(unbiased, truncated, rng, dtype, device):
    centres = torch.from_numpy(rng.uniform(-3, 14, size=(2, 3, 2))).to(dtype)
    visible = torch.ones(2, 3)
    maps, weights = gaussian_heatmaps(
        centres.to(device), visible.to(device), (11, 9), 2, unbiased, truncated
    )
    expected, expected_weights = gaussian_heatmaps(
        centres.double().numpy(), visible.numpy(), (11, 9), 2, unbiased, truncated
    )
    assert maps.dtype == torch.float32
    assert maps.device.type == device.type
    np.testing.assert_allclose(maps.cpu(), expected, atol=2e-6)
    np.testing.assert_array_equal(weights.cpu(), expected_weights)


def test_maps_are_differentiable_in_the_centres():
    centres = torch.tensor([[4.2, 3.7]], dtype=torch.float32, requires_grad=True)
    maps, _ = gaussian_heatmaps(
        centres, torch.ones(1), (11, 9), 2, unbiased=True, truncated=False
    )
    maps[0, 4, 5].backward()  # d/dc exp(-|x - c|^2 / 2 s^2) = value (x - c) / s^2
    expected = maps[0, 4, 5].item() * torch.tensor([[0.8, 0.3]]) / 4
    torch.testing.assert_close(centres.grad, expected)
