"""Every kernel against the formula that it replaces, within the tolerance that it states."""

import math

import numpy as np
import pytest
import torch

from mmpose_addons_core.formula import KERNELS, formulas_only
from mmpose_addons_core.heatmaps import (
    dark_refine,
    disk_offset_maps,
    disk_offset_points,
    gaussian_blur,
    gaussian_heatmaps,
    heatmap_peaks,
    quarter_shift,
    udp_offset_points,
    udp_refine,
)
from mmpose_addons_core.heatmaps.peaks import blurred_peaks

SIZE = 24, 20
RADIUS = 4.0


def centres_of(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Points (300, 2), heatmap px."""
    points = rng.uniform(-3, np.add(SIZE, 2), (300, 2))
    if kind == 'border':
        points = rng.choice([-0.4, 0.0, 0.3, 1.0], (300, 2)) + rng.choice(
            [0, 1], (300, 2)
        ) * np.subtract(SIZE, 1)
    elif kind == 'nan':
        points[::3] = np.nan
        points[1::3, 0] = np.inf
    elif kind == 'constant':
        points[:] = 7.0
    elif kind == 'flat':
        points += 1e4  # all outside
    return points.astype(np.float32)


def maps_of(kind: str, rng: np.random.Generator, draw) -> np.ndarray:
    """Maps (300, ..., H, W) that a function draws, with noise."""
    drawn = kind if kind == 'border' else 'random'
    maps, _ = draw(centres_of(drawn, rng))
    maps = maps * rng.uniform(0.2, 1, (300, *[1] * (maps.ndim - 1)))
    maps = (maps + rng.normal(0, 0.01, maps.shape)).astype(np.float32)
    if kind == 'nan':
        maps[::3] = np.nan
        maps[1::3, ..., 3, 4] = np.nan
        maps[2::3, ..., 3, 4] = np.inf
    elif kind == 'constant':
        maps[:] = 0.7
    elif kind == 'flat':  # but for rounding
        maps[:] = 0.7
        maps[..., ::2, ::3] += 1e-7
    return maps


def gaussians(kind, rng):
    return maps_of(kind, rng, lambda c: gaussian_heatmaps(c, np.ones(300), SIZE, 2.0, True))


def disks(kind, rng):
    return maps_of(kind, rng, lambda c: disk_offset_maps(c, np.ones(300), SIZE, RADIUS))


def with_peaks(kind, rng):
    maps = gaussians(kind, rng)
    return maps, heatmap_peaks(maps)[0]


def with_points(kind, rng):
    maps, peaks = with_peaks(kind, rng)
    return maps, (peaks + rng.uniform(-0.6, 0.6, peaks.shape)).astype(np.float32)


def keypoints(kind, rng):
    return centres_of(kind, rng), rng.choice([0.0, 0.4, 1.0, 2.0], 300).astype(np.float32), SIZE


# formula, name of its arguments, the arguments for a kind of input
CASES = [
    (heatmap_peaks, 'maps', lambda *a: (gaussians(*a),)),
    (heatmap_peaks, 'logits', lambda *a: (gaussians(*a) - 3, -np.inf)),
    (quarter_shift, 'pixels', with_peaks),
    (quarter_shift, 'points', with_points),
    (blurred_peaks, '15', lambda *a: (gaussians(*a), 15)),
    (gaussian_blur, 'reflect', lambda *a: (gaussians(*a), 11)),
    (gaussian_blur, 'zeros', lambda *a: (gaussians(*a), 7, 'zeros')),
    (gaussian_blur, 'few maps', lambda *a: (gaussians(*a)[:6], 7)),
    (gaussian_blur, 'kernel larger than the map', lambda *a: (gaussians(*a)[..., :3, :], 11)),
    (dark_refine, '11', with_peaks),
    (udp_refine, '7', with_peaks),
    (udp_offset_points, 'mean', lambda *a: (disks(*a), RADIUS)),
    (udp_offset_points, 'published', lambda *a: (disks(*a), RADIUS, 15, 7, True)),
    (disk_offset_points, 'pixel', lambda *a: (disks(*a), RADIUS)),
    (disk_offset_maps, 'windows', lambda *a: (*keypoints(*a), RADIUS)),
    (disk_offset_maps, 'whole maps', lambda *a: (*keypoints(*a), 30.0)),
    (gaussian_heatmaps, 'pixel', lambda *a: (*keypoints(*a), 2.0)),
    (gaussian_heatmaps, 'unbiased', lambda *a: (*keypoints(*a), 2.0, True, False)),
    (gaussian_heatmaps, 'unbiased truncated', lambda *a: (*keypoints(*a), 2.0, True, True)),
    (gaussian_heatmaps, 'wider than the map', lambda *a: (*keypoints(*a), 9.0, True, True)),
]
IDS = [f'{formula.__name__}-{name}' for formula, name, _ in CASES]


def test_every_kernel_has_a_case():
    ours = {f for f in KERNELS if f.__module__.startswith('mmpose_addons_core.heatmaps')}
    assert ours == {formula for formula, _, _ in CASES}


# Where the formula and the kernel may differ by more than the tolerance; docstrings say why.
SPREADS_NAN_OTHERWISE = gaussian_blur, quarter_shift
TAKES_ANY_PIXEL_OF_FLAT_MAPS = blurred_peaks, udp_offset_points


def results(value) -> tuple:
    return value if isinstance(value, tuple) else (value,)


def reshaped(value, lead: tuple[int, ...]):
    """An argument with another leading shape, of its first entries."""
    if not isinstance(value, np.ndarray):
        return value
    count = min(len(value), math.prod(lead))
    lead = lead if count == math.prod(lead) else (count,)
    return value[:count].reshape((*lead, *value.shape[1:]))


@pytest.mark.parametrize('lead', [(300,), (2, 3, 50), ()], ids=str)
@pytest.mark.parametrize('kind', ['random', 'flat', 'constant', 'border', 'nan'])
@pytest.mark.parametrize(('formula', 'name', 'make'), CASES, ids=IDS)
def test_kernel_agrees_with_its_formula(formula, name, make, kind, lead, rng):
    """float32 arrays with several leading shapes; NaN and infinity in the same places."""
    arguments = [reshaped(argument, lead) for argument in make(kind, rng)]
    given = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    found = results(formula(*arguments))
    with formulas_only():
        expected = results(formula(*arguments))
    for before, after in zip(given, arguments, strict=True):
        np.testing.assert_array_equal(before, after)
    if kind == 'flat' and formula in TAKES_ANY_PIXEL_OF_FLAT_MAPS:
        found, expected = found[1:], expected[1:]
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        if kind == 'nan' and formula in SPREADS_NAN_OTHERWISE:
            compared = np.isfinite(one) & np.isfinite(other)
            one, other = one[compared], other[compared]
        np.testing.assert_allclose(one, other, rtol=0, atol=KERNELS[formula].tolerance)


@pytest.mark.parametrize(('formula', 'name', 'make'), CASES, ids=IDS)
def test_kernel_gives_tensors_what_it_gives_arrays(formula, name, make, rng):
    arguments = make('random', rng)
    tensors = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in arguments]
    found, expected = results(formula(*tensors)), results(formula(*arguments))
    for one, other in zip(found, expected, strict=True):
        assert isinstance(one, torch.Tensor)
        np.testing.assert_array_equal(one, other)


def test_a_map_with_a_nan_is_never_blurred_into_a_finite_one(rng):
    maps = gaussians('nan', rng)
    assert not np.isfinite(gaussian_blur(maps, 7)).all((-2, -1)).any()


def test_peaks_of_flat_maps_are_maxima_but_for_rounding(rng):
    maps = gaussians('flat', rng)
    peaks, values = blurred_peaks(maps, 15)
    with formulas_only():
        blurred = gaussian_blur(maps, 15)
    x, y = peaks.T
    found = blurred[np.arange(len(maps)), y, x]
    np.testing.assert_allclose(found, blurred.max((-2, -1)), rtol=0, atol=1e-6)
    np.testing.assert_allclose(values, found, rtol=0, atol=1e-6)
