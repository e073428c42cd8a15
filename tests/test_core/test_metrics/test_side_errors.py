import numpy as np
import pytest

from mmpose_addons_core.metrics.side_errors import side_distances, side_scores

FLIP = [0, 1, 3, 2]
POSE = np.array([[90.0, 20], [10, 30], [70, 80], [50, 85]])  # head, tail, left and right foot
ALL = np.ones((1, 4), bool)


def scores(predicted, shown=ALL, threshold=0.05):
    found = side_distances(predicted[None], POSE[None], shown, 100.0, FLIP)
    return side_scores(found, threshold)


def test_right_pose():
    assert scores(POSE + [3, 0]) == dict(
        pck=1, pck_without_sides=1, pck_better_heading=1, swaps=0, reversals=0
    )


def test_swapped_feet_are_right_without_sides():
    found = scores(POSE[FLIP])
    assert found == dict(
        pck=0.5, pck_without_sides=1, pck_better_heading=0.5, swaps=1, reversals=0
    )


def test_turned_animal():
    """The mean of x is 55; mirrored about it and with exchanged feet."""
    turned = POSE[FLIP] * [-1, 1] + [110, 0]
    found = scores(turned)
    assert found['pck'] == 0
    assert found['pck_better_heading'] == 1
    assert found['reversals'] == 1


def test_a_nearer_heading_with_fewer_right_joints():
    """Turned round, all joints are 5 to 10 px off; as it is, one foot is right."""
    predicted = POSE[FLIP] * [-1, 1] + [110, 8]
    predicted[2] = POSE[2] + [0, 3]
    found = side_distances(predicted[None], POSE[None], ALL, 100.0, FLIP)
    assert found.turned[0]
    values = side_scores(found, 0.05)
    assert (found.better_heading >= 0.05).all()
    assert values['pck_better_heading'] == values['pck'] == 0.25
    assert values['reversals'] == 0


def test_scores_without_an_error_are_never_lower():
    generator = np.random.default_rng(3)
    truth = generator.uniform(0, 100, (2000, 4, 2))
    predicted = truth[:, FLIP] + generator.normal(0, 8, truth.shape)
    predicted[generator.random((2000, 4)) < 0.1] = np.nan
    shown = generator.random((2000, 4)) < 0.8
    for pose in range(2000):
        one = slice(pose, pose + 1)
        found = side_distances(predicted[one], truth[one], shown[one], 100.0, FLIP)
        values = side_scores(found, 0.1)
        if shown[pose].any():
            assert values['pck_without_sides'] >= values['pck']
            assert values['pck_better_heading'] >= values['pck']


def test_sides_need_both_truths():
    shown = np.array([[True, True, True, False]])
    found = scores(POSE[FLIP], shown)
    assert found['pck'] == pytest.approx(2 / 3)
    assert found['pck_without_sides'] == 1  # the right foot's prediction lies at the left one
    assert np.isnan(scores(POSE, ~ALL)['pck'])


def test_distances_by_hand():
    predicted = POSE.copy()
    predicted[2] = [53, 89]  # 5 px from the right foot
    found = side_distances(predicted[None], POSE[None], ALL, np.array([[50.0]]), FLIP)
    np.testing.assert_allclose(found.partner[0, 2], 0.1)
    assert np.isnan(found.partner[0, :2]).all()
    np.testing.assert_allclose(found.plain[0, 3], 0)
    assert not found.turned[0]
