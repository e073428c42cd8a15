"""Maxima and the 0.25 px step, on maps small enough to work out by hand."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import heatmap_peaks, quarter_shift
from mmpose_addons_core.heatmaps.peaks import nearest_pixel, values_at


@pytest.mark.parametrize('shape', [(), (5,), (2, 3), (2, 1, 3)])
def test_peaks_of_any_leading_shape(shape, rng, device):
    maps = rng.random((*shape, 7, 5)).astype(np.float32)
    before = maps.copy()
    points, values = heatmap_peaks(torch.from_numpy(maps).to(device))
    flat = maps.reshape(*shape, 35)
    assert points.shape == (*shape, 2)
    np.testing.assert_array_equal(values.cpu(), flat.max(-1))
    np.testing.assert_array_equal(
        points.cpu(), np.stack((flat.argmax(-1) % 5, flat.argmax(-1) // 5), -1)
    )
    np.testing.assert_array_equal(maps, before)


def test_first_of_equal_maxima():
    heatmap = np.zeros((4, 4))
    heatmap[1, 2] = heatmap[2, 0] = 1
    assert heatmap_peaks(heatmap)[0].tolist() == [2, 1]


@pytest.mark.parametrize('value', [0.0, -1.0])
def test_a_map_without_a_positive_value_has_its_peak_at_the_origin(value):
    points, score = heatmap_peaks(np.full((3, 4), value))
    assert points.tolist() == [0, 0]
    assert score == value


def test_not_positive_but_not_constant():
    heatmap = np.full((3, 4), -1.0)
    heatmap[2, 2] = -0.5
    points, score = heatmap_peaks(heatmap)
    assert points.tolist() == [0, 0]
    assert score == -0.5


def test_nan_is_the_value():
    heatmap = torch.ones(3, 4)
    heatmap[1, 1] = torch.nan
    points, score = heatmap_peaks(heatmap)
    assert points.tolist() == [0, 0]
    assert score.isnan()


def test_peak_value_is_differentiable():
    heatmap = torch.rand(2, 4, 4, requires_grad=True)
    heatmap_peaks(heatmap)[1].sum().backward()
    assert heatmap.grad is not None
    assert heatmap.grad.sum() == 2


def test_values_outside_are_those_of_the_nearest_pixel_inside():
    heatmap = torch.arange(12.0).reshape(3, 4)
    x, y = torch.tensor([-2, 3, 9]), torch.tensor([0, 5, -1])
    assert values_at(heatmap.expand(3, 3, 4), x, y).tolist() == [0, 11, 3]


def test_nearest_pixel_goes_up_at_a_half():
    points = torch.tensor([-0.6, 0.49, 0.5, 1.5, 2.5, torch.nan])
    assert nearest_pixel(points).tolist() == [-1, 0, 1, 2, 3, 0]


@pytest.mark.parametrize(
    ('peak', 'higher', 'expected'),
    [
        ((3, 3), (4, 3), (3.25, 3)),
        ((3, 3), (2, 3), (2.75, 3)),
        ((3, 3), (3, 4), (3, 3.25)),
        ((2, 2), (2, 1), (2, 1.75)),
        ((6, 6), (7, 6), (6.25, 6)),
        ((1, 3), (2, 3), (1, 3)),  # too near to the left border: no step at all
        ((3, 1), (4, 1), (3, 1)),
        ((7, 3), (6, 3), (7, 3)),
        ((3, 7), (2, 7), (3, 7)),
    ],
)
def test_quarter_shift(peak, higher, expected):
    heatmap = np.zeros((8, 8))
    heatmap[peak[1], peak[0]] = 1
    heatmap[higher[1], higher[0]] = 0.5
    points, _ = heatmap_peaks(heatmap)
    assert tuple(quarter_shift(heatmap, points)) == expected


@pytest.mark.parametrize('shape', [(1, 1), (2, 2), (1, 5), (5, 2)])
def test_no_quarter_shift_in_tiny_maps(shape):
    points = quarter_shift(torch.rand(shape), torch.tensor([0, 0]))
    assert points.tolist() == [0, 0]


def test_quarter_shift_of_a_fraction_looks_at_the_nearest_pixel():
    heatmap = torch.zeros(8, 8)
    heatmap[3, 4] = 1
    shifted = quarter_shift(heatmap, torch.tensor([3.4, 3.4]))
    torch.testing.assert_close(shifted, torch.tensor([3.65, 3.4]))
