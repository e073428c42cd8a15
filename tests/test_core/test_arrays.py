"""Float types and constants."""

import numpy as np
import pytest
import torch

from mmpose_addons_core import faces, heatmaps, losses, metrics
from mmpose_addons_core.arrays import compute_float, values_like


@pytest.mark.parametrize('package', [faces, heatmaps, losses, metrics])
def test_public_names_exist(package):
    assert all(hasattr(package, name) for name in package.__all__)


def test_half_types_are_computed_in_float32(dtype):
    expected = torch.float64 if dtype == torch.float64 else torch.float32
    assert compute_float(torch.ones(1, dtype=dtype)).dtype == expected


@pytest.mark.parametrize('name', ['heatmap_peaks', 'soft_argmax'])
def test_half_maps_give_what_their_float32_copy_gives(name, dtype, rng):
    maps = torch.from_numpy(rng.random((2, 3, 8, 6))).to(dtype)
    function = getattr(heatmaps, name)
    points, values = function(maps)
    expected_points, expected_values = function(maps.double())
    torch.testing.assert_close(points.double(), expected_points.double(), atol=1e-4, rtol=0)
    torch.testing.assert_close(values.double(), expected_values, atol=1e-7, rtol=0)


def test_constants_are_shared_and_guarded():
    array = np.zeros(3, dtype=np.float32)
    assert values_like(array, (1, 2)) is values_like(array, (1, 2))
    with pytest.raises(ValueError, match='read-only'):
        values_like(array, (1, 2))[0] = 5
    tensor = torch.zeros(3)
    assert values_like(tensor, (1, 2)) is values_like(tensor, (1, 2))
    assert values_like(tensor.double(), (1, 2)).dtype == torch.float64


def test_constants_made_in_inference_mode_serve_autograd_later():
    with torch.inference_mode():
        heatmaps.gaussian_blur(torch.rand(4, 13), 11)
    maps = torch.rand(4, 13, requires_grad=True)
    heatmaps.gaussian_blur(maps, 11).sum().backward()
    torch.testing.assert_close(maps.grad.sum(), torch.tensor(52.0), rtol=0.5, atol=0)
