"""Wing function: value, gradient, types."""

import math

import numpy as np
import pytest
import torch

from mmpose_addons_core.losses import mean_over_visible, wing

# omega 10, epsilon 2: 10 ln(1 + |d| / 2) below 10, |d| - 10 + 10 ln 6 from there
BY_HAND = [
    (0.0, 0.0, 0.0),
    (2.0, 10 * math.log(2), 10 / 4),
    (-3.0, 10 * math.log(2.5), -10 / 5),
    (10.0, 10 * math.log(6), 1.0),
    (-14.0, 4 + 10 * math.log(6), -1.0),
]


@pytest.mark.parametrize(('difference', 'value', 'slope'), BY_HAND)
def test_value_and_slope_by_hand(difference, value, slope):
    d = torch.tensor(difference, dtype=torch.float64, requires_grad=True)
    result = wing(d)
    result.backward()
    assert result.item() == pytest.approx(value, abs=1e-12)
    assert d.grad.item() == pytest.approx(slope, abs=1e-12)


@pytest.mark.parametrize(('omega', 'epsilon'), [(10, 2), (3, 0.5), (0.5, 4)])
def test_continuous_at_the_joint(omega, epsilon):
    below, above = wing(np.array([omega - 1e-9, omega + 1e-9]), omega, epsilon)
    # twice 1e-9 times the steeper of the two slopes
    assert above - below == pytest.approx(0, abs=2e-9 * max(1, omega / (epsilon + omega)))


def test_gradcheck():
    d = torch.tensor([-20, -9.0, -0.3, 0.2, 4.0, 11.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(wing, d.requires_grad_())


def test_finite_in_every_type(dtype, device):
    d = torch.tensor([0, 1e-6, 10, -10, 6e4, -6e4], dtype=dtype, device=device)
    d.requires_grad_()
    values = wing(d)
    values.sum().backward()
    assert values.isfinite().all()
    assert d.grad.isfinite().all()
    assert values.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert values[4].item() == pytest.approx(d[4].item() - 10 + 10 * math.log(6), rel=1e-6)


@pytest.mark.parametrize(('omega', 'epsilon'), [(0, 2), (10, -1), (math.nan, 2)])
def test_unfit_parameters(omega, epsilon):
    with pytest.raises(ValueError, match='must be positive'):
        wing(torch.zeros(1), omega, epsilon)


def test_mean_takes_visible_points_only():
    values = torch.tensor([[1.0, 3.0], [math.inf, math.nan], [6.0, 6.0]], requires_grad=True)
    mean = mean_over_visible(values, torch.tensor([2.0, 0.0, 1.0]))
    assert mean.item() == (2 * 2 + 6) / 2
    mean.backward()
    assert values.grad.tolist() == [[0.5, 0.5], [0, 0], [0.25, 0.25]]


def test_mean_of_nothing_is_zero():
    values = torch.ones(2, 3, 2, requires_grad=True)
    mean = mean_over_visible(values, torch.zeros(2, 3))
    mean.backward()
    assert mean.item() == 0
    assert not values.grad.any()
