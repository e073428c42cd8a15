"""Peaks found without blurring all are those found by blurring all."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import disk_offset_maps, gaussian_blur, heatmap_peaks
from mmpose_addons_core.heatmaps.cpu.peaks import peaks_in_rows
from mmpose_addons_core.heatmaps.peaks import blurred_peaks


def labels(rng, noise, size=(32, 40), count=300, radius=4.0):
    """Disks anywhere inside with noise; the disks' heights vary where there is noise."""
    centres = rng.uniform((0, 0), (size[0] - 1, size[1] - 1), (count, 2))
    maps, _ = disk_offset_maps(centres, 0 * centres[:, 0] + 1, size, radius)
    height = rng.uniform(0.3, 1, (count, 1, 1)) if noise else 1
    maps = maps[:, 0] * height + rng.normal(0, noise, maps[:, 0].shape)
    return torch.from_numpy(maps).float()


@pytest.mark.parametrize('noise', [0.003, 0.03, 0.3])
@pytest.mark.parametrize('size', [(32, 40), (33, 45), (12, 16)])
def test_search_in_rows_finds_the_same(noise, size, rng, device):
    maps = labels(rng, noise, size).to(device)
    peaks, values = blurred_peaks(maps, 15)
    expected_peaks, expected_values = heatmap_peaks(gaussian_blur(maps, 15))
    assert torch.equal(peaks, expected_peaks)
    torch.testing.assert_close(values, expected_values)


def test_no_wrong_peak_is_called_certain(rng):
    """Three disks of about the same height, two of them in other rows."""
    maps = labels(rng, 0.01) + labels(rng, 0.01).flip(0) + labels(rng, 0.01).roll(7, 0)
    peaks, _, certain = peaks_in_rows(maps.numpy(), 15)
    expected, _ = heatmap_peaks(gaussian_blur(maps, 15))
    np.testing.assert_array_equal(peaks[certain], expected[certain])
    assert 0 < certain.mean() < 1


def test_clean_maps_need_no_whole_blur(rng):
    """Nearly all maps with little noise are certain, so that the search saves time."""
    _, _, certain = peaks_in_rows(labels(rng, 0.003).numpy(), 15)
    assert certain.mean() > 0.9


@pytest.mark.parametrize('value', [0.0, -1.0])
def test_maps_without_a_positive_value(value):
    peaks, values = blurred_peaks(torch.full((2, 16, 16), value), 7)
    assert (peaks == 0).all()
    torch.testing.assert_close(values, torch.full((2,), value))


def test_values_are_differentiable():
    maps = torch.rand(2, 16, 16, requires_grad=True)
    blurred_peaks(maps, 7)[1].sum().backward()
    torch.testing.assert_close(maps.grad.sum(), torch.tensor(2.0))
