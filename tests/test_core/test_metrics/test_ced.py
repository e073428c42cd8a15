"""Cumulative error distribution: exact and binned area, failures."""

import numpy as np
import pytest
from scipy.integrate import quad

from mmpose_addons_core.metrics import ced_area, ced_curve, failure_rate


@pytest.mark.reference
@pytest.mark.parametrize('threshold', [0.08, 0.1, 0.3])
def test_published_values(reference, threshold):
    with np.load(reference / 'face_metrics.npz', allow_pickle=False) as values:
        errors = values['nme_by_pred_extent']
        area = values[f'area_under_ced_thr{threshold}']
        failures = values[f'failure_rate_thr{threshold}']
    assert ced_area(errors, threshold, bins=5000) == pytest.approx(area, rel=1e-6)
    # a step in a bin of 5000 is counted from up to one bin too early
    assert 0 <= area - ced_area(errors, threshold) <= threshold / 5000
    assert failure_rate(errors, threshold) == failures


def test_area_is_the_integral(rng):
    errors = rng.uniform(0, 0.2, size=20)
    integral, _ = quad(
        lambda t: (errors < t).mean(), 0, 0.1, points=errors[errors < 0.1], limit=100
    )
    assert ced_area(errors, 0.1) == pytest.approx(integral, rel=1e-9)
    assert ced_area(errors, 0.1, bins=100_000) == pytest.approx(integral, abs=0.1 / 100_000)


def test_limits():
    assert ced_area(np.zeros(3), 0.1) == pytest.approx(0.1, rel=1e-12)
    assert ced_area(np.full(3, np.inf), 0.1) == ced_area(np.full(3, np.inf), 0.1, 10) == 0
    assert failure_rate(np.array([0.1, 0.1]), 0.1) == 0  # failures exceed the threshold


def test_curve_with_ties_and_lost_faces():
    errors, shares = ced_curve(np.array([0.2, np.inf, 0.1, 0.2]))
    assert errors.tolist() == [0.1, 0.2, 0.2, np.inf]
    assert shares.tolist() == [0.25, 0.75, 0.75, 1]


@pytest.mark.parametrize('errors', [[], [0.1, np.nan], [-0.1], [[0.1]]])
def test_unfit_errors(errors):
    for function in (ced_curve, lambda e: ced_area(e, 0.1), lambda e: failure_rate(e, 0.1)):
        with pytest.raises(ValueError, match='at least one number'):
            function(np.array(errors))


@pytest.mark.parametrize(('threshold', 'bins'), [(0, None), (-1, 5), (0.1, 0)])
def test_unfit_thresholds(threshold, bins):
    with pytest.raises(ValueError, match=f'got {threshold} and {bins}'):
        ced_area(np.ones(1), threshold, bins)
