"""Newton steps, and DARK's and UDP's refinement built on them."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import (
    dark_refine,
    gaussian_heatmaps,
    heatmap_peaks,
    udp_refine,
)
from mmpose_addons_core.heatmaps.newton import newton_step


def step(*derivatives, accept_any_step=False):
    return newton_step(*torch.tensor(derivatives), accept_any_step).tolist()


def test_step_to_the_maximum_of_a_paraboloid():
    """f = -(x - a)^2 - (x - a)(y - b) - 2 (y - b)^2 with (a, b) = (0.5, -0.75)."""
    a, b = 0.5, -0.75
    assert step(2 * a + b, a + 4 * b, -2.0, -1.0, -4.0) == pytest.approx([a, b])


@pytest.mark.parametrize(
    'derivatives',
    [
        pytest.param((1.0, 0.0, 2.0, 0.0, 2.0), id='minimum'),
        pytest.param((1.0, 0.0, 2.0, 0.0, -2.0), id='saddle'),
        pytest.param((2.0, 0.0, -1.0, 0.0, -1.0), id='2 px away in x'),
        pytest.param((0.0, -1.6, -1.0, 0.0, -1.0), id='1.6 px away in y'),
    ],
)
def test_refused_steps_are_taken_in_paper_mode(derivatives):
    assert step(*derivatives) == [0, 0]
    assert step(*derivatives, accept_any_step=True) != [0, 0]


@pytest.mark.parametrize('accept_any_step', [False, True])
def test_no_step_where_the_second_derivative_is_singular(accept_any_step):
    assert step(1.0, 1.0, -1.0, 1.0, -1.0, accept_any_step=accept_any_step) == [0, 0]


REFINES = [dark_refine, udp_refine]


@pytest.mark.parametrize('refine', REFINES)
@pytest.mark.parametrize('accept_any_step', [False, True])
@pytest.mark.parametrize('value', [0.0, -1.0, 0.7, 1e-20])
def test_flat_maps_keep_their_peak(refine, accept_any_step, value):
    heatmap = torch.full((2, 12, 10), value)
    peaks, _ = heatmap_peaks(heatmap)
    points = refine(heatmap, peaks, accept_any_step=accept_any_step)
    torch.testing.assert_close(points, torch.zeros(2, 2))


@pytest.mark.parametrize('refine', REFINES)
def test_random_maps_move_by_at_most_the_neighbourhood(refine, rng):
    maps = rng.normal(size=(500, 20, 16)).astype(np.float32)
    before = maps.copy()
    peaks, _ = heatmap_peaks(maps)
    assert abs(refine(maps, peaks) - peaks).max() <= 1.5
    np.testing.assert_array_equal(maps, before)


@pytest.mark.parametrize('refine', REFINES)
def test_halves_and_doubles(refine, rng, dtype, device):
    """The step is computed in float32 at least; only the input's rounding remains."""
    maps, _ = gaussian_heatmaps(
        rng.uniform(8, 20, size=(2, 3, 2)), np.ones((2, 3)), (28, 28), 2, True, False
    )
    maps = torch.from_numpy(maps).to(device, dtype)
    peaks, _ = heatmap_peaks(maps)
    points = refine(maps, peaks)
    expected = refine(maps.double(), peaks)
    assert points.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    torch.testing.assert_close(points.double(), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize('refine', REFINES)
def test_batched_equals_looped(refine, rng):
    maps = rng.random((2, 3, 20, 16)).astype(np.float32)
    peaks, _ = heatmap_peaks(maps)
    points = refine(maps, peaks)
    for n, k in np.ndindex(2, 3):
        alone = refine(maps[n, k], peaks[n, k])
        np.testing.assert_allclose(points[n, k], alone, atol=1e-5)


@pytest.mark.parametrize('refine', REFINES)
def test_step_is_differentiable(refine):
    maps, _ = gaussian_heatmaps(
        torch.tensor([[6.3, 5.8]]), torch.ones(1), (13, 13), 2, True, False
    )
    maps = (maps.double() + 0.01).requires_grad_()
    peaks = torch.tensor([[6, 6]])
    assert torch.autograd.gradcheck(
        lambda m: refine(m, peaks, blur_kernel_size=3), maps, eps=1e-7, atol=1e-4
    )


@pytest.mark.parametrize(
    ('peak', 'moves'),
    [((2, 5), True), ((1, 5), False), ((5, 1), False), ((9, 5), True), ((10, 5), False)],
)
def test_dark_makes_no_step_near_the_border(peak, moves):
    maps, _ = gaussian_heatmaps(
        torch.tensor([peak]) + 0.3, torch.ones(1), (12, 12), 2, True, False
    )
    points = dark_refine(maps, torch.tensor([peak]))
    assert torch.equal(points[0], torch.tensor(peak).float()) != moves


def test_udp_repeats_the_borders_values():
    """Unblurred, log h = -(x^2 + y^2) / 8 round the corner pixel, and h(-1) = h(0).

    So dx = -1/16 and dxx = -1/8, and dxy is the mean of the two mixed differences that
    UDP takes, (f(1, 1) - f(1, 0) - f(0, 1) + f(0, 0)) / 2 = 0 on both diagonals.
    """
    maps, _ = gaussian_heatmaps(torch.zeros(1, 2), torch.ones(1), (12, 12), 2, True, False)
    points = udp_refine(maps, torch.tensor([[0, 0]]), blur_kernel_size=1, accept_any_step=True)
    np.testing.assert_allclose(points[0], [-0.5, -0.5], atol=1e-5)
