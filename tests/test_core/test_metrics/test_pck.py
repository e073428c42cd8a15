"""PCK of animals against the published values, MMPose's, and cases worked by hand."""

import numpy as np
import pytest
import torch
from mmpose.evaluation.functional import keypoint_pck_accuracy

from mmpose_addons_core.metrics import (
    heatmap_distances,
    normalised_distances,
    pck,
    peak_distances,
)
from mmpose_addons_core.metrics.pck import peak_pixels


@pytest.mark.reference
def test_published_values(reference, device):
    with np.load(reference / 'ccssl.npz', allow_pickle=False) as values:
        maps = [
            torch.from_numpy(values[name].astype(np.float32)).to(device)
            for name in ('pck_pred_maps', 'pck_target_maps')
        ]
        mean, *per_joint = values['pck_005_mean_then_per_joint']
    result = pck(heatmap_distances(*maps), 0.05)
    # counts divided by counts in float32
    np.testing.assert_allclose(result.per_joint.cpu(), per_joint, rtol=1e-6)
    assert result.over_joints.item() == pytest.approx(mean, rel=1e-6)


def test_box_protocol_is_that_of_mmpose(rng):
    truth = rng.uniform(0, 200, (40, 18, 2))
    predicted = truth + rng.normal(0, 6, truth.shape)
    visible = rng.random((40, 18)) < 0.7
    visible[:, 4] = False  # a joint that is never seen
    longer_side = rng.uniform(80, 200, 40)
    longer_side[7] = 0  # MMPose leaves such a box out
    per_joint, mean, _ = keypoint_pck_accuracy(
        predicted, truth, visible, 0.05, np.repeat(longer_side[:, None], 2, axis=1)
    )
    result = pck(normalised_distances(predicted, truth, visible, longer_side[:, None]), 0.05)
    assert np.isnan(result.per_joint[4])
    assert per_joint[4] == -1
    seen = per_joint >= 0
    np.testing.assert_allclose(result.per_joint[seen], per_joint[seen], rtol=1e-6)
    assert result.over_joints == pytest.approx(mean, rel=1e-6)


def test_means_over_joints_and_over_points():
    nan = np.nan
    result = pck(np.array([[0.01, 0.2], [0.2, nan], [0.2, nan], [0.2, nan]]))
    assert result.per_joint.tolist() == [0.25, 0.0]
    assert result.over_joints == 0.125
    assert result.over_points == pytest.approx(0.2)


@pytest.mark.parametrize(('width', 'x', 'correct'), [(40, 12, 0), (40, 11, 1), (60, 13, 0)])
def test_a_distance_equal_to_the_threshold_is_wrong(width, x, correct):
    distances = peak_distances(np.array([[[x, 10]]]), np.array([[[10, 10]]]), width)
    assert pck(distances, 0.05).over_points == correct


@pytest.mark.parametrize(('target', 'counts'), [((0, 9), 0), ((9, 0), 0), ((1, 1), 1)])
def test_targets_in_the_first_row_or_column_do_not_count(target, counts):
    distances = peak_distances(np.array([9, 9]), np.array(target), 64)
    assert np.isfinite(distances) == counts


@pytest.mark.parametrize('value', [0.0, -1.0, np.nan])
def test_a_map_without_a_positive_value(value):
    """As target it does not count, as prediction it lies at (-1, -1), the paper's zero."""
    empty, full = np.full((1, 64, 64), value), np.zeros((1, 64, 64))
    full[0, 30, 20] = 1
    assert peak_pixels(empty).tolist() == [[-1, -1]]
    assert np.isnan(heatmap_distances(full, empty)).all()
    expected = np.hypot(21, 31) / 64
    np.testing.assert_allclose(heatmap_distances(empty, full), expected, rtol=1e-12)


def test_a_prediction_that_is_nan_is_wrong_not_left_out():
    distances = normalised_distances(
        np.array([[np.nan, 1.0], [1.0, 1.0]]), np.ones((2, 2)), np.array([1, 1]), 10.0
    )
    assert distances.tolist() == [np.inf, 0.0]


def test_nothing_to_count():
    result = pck(np.full((3, 2), np.nan))
    assert np.isnan([result.over_joints, result.over_points, *result.per_joint]).all()


def test_maps_of_different_sizes_are_named():
    message = r'same shape, got \(1, 64, 64\) and \(1, 32, 32\)'
    with pytest.raises(ValueError, match=message):
        heatmap_distances(np.zeros((1, 64, 64)), np.zeros((1, 32, 32)))
