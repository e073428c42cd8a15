"""UDP's kernel, which bounds the minimum of the blurred map."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.formula import formulas_only
from mmpose_addons_core.heatmaps import gaussian_heatmaps, heatmap_peaks, udp_refine


@pytest.mark.parametrize('accept_any_step', [False, True])
@pytest.mark.parametrize('noise', [0.001, 0.01, 0.1])
def test_kernel_is_within_its_tolerance(accept_any_step, noise, rng):
    """Weak and strong Gaussians anywhere."""
    maps, _ = gaussian_heatmaps(
        rng.uniform(0, (47, 63), (400, 2)), np.ones(400), (48, 64), 2, True, False
    )
    maps = maps * rng.uniform(0.1, 1, (400, 1, 1)) + rng.normal(0, noise, maps.shape)
    maps = torch.from_numpy(maps).float()
    peaks, _ = heatmap_peaks(maps)
    points = udp_refine(maps, peaks, accept_any_step=accept_any_step)
    with formulas_only():
        exact = udp_refine(maps, peaks, accept_any_step=accept_any_step)
    # a step of many px comes from a nearly singular matrix, which magnifies rounding
    step = (exact - peaks).abs().amax(-1, keepdim=True)
    assert ((points - exact).abs() <= 1e-3 * step.clamp(min=1)).all()
