import numpy as np
import pytest

from mmpose_addons_core.adaptation.diagnosis import (
    ADVICE,
    THRESHOLDS,
    agreement,
    pose_estimates,
    pose_spread,
    pose_variety,
    warnings,
)
from mmpose_addons_core.adaptation.pose_prior import learn_prior

FLIP = [0, 2, 1, 3]
BOXES = np.tile([0.0, 0, 100, 60], (50, 1))
SHOWN = np.ones((50, 4), bool)


@pytest.fixture
def poses(rng):
    pose = np.array([[80.0, 20], [60, 50], [40, 55], [20, 30]])
    return pose + rng.normal(0, 4, (50, 1, 2)) + rng.normal(0, 2, (50, 4, 2))


def test_spread_is_the_variance_in_units_of_the_box(poses):
    expected = (poses / 100).var(0).mean()
    assert pose_spread(poses, SHOWN, BOXES) == pytest.approx(expected)
    assert pose_spread(poses[[0] * 50], SHOWN, BOXES) == pytest.approx(0)
    assert np.isnan(pose_spread(poses[:1], SHOWN[:1], BOXES[:1]))
    assert pose_spread(3 * poses + 7, SHOWN, 3 * BOXES + [7, 7, 0, 0]) == pytest.approx(
        expected
    )


def test_variety_is_that_of_shapes_wherever_they_are(poses, rng):
    moved = 3 * poses + rng.uniform(0, 900, (50, 1, 2))
    variety = pose_variety(poses, SHOWN)
    assert pose_variety(moved, SHOWN) == pytest.approx(variety)
    # noise of 2 px in each joint, less what moving takes away
    shape = np.array([[80.0, 20], [60, 50], [40, 55], [20, 30]])
    size = shape.std(0).mean()
    assert variety == pytest.approx(2 * np.sqrt(3 / 4) / size, rel=0.1)
    assert pose_variety(poses[[0] * 50] + rng.uniform(0, 9, (50, 1, 2)), SHOWN) < 1e-6
    assert pose_variety(np.full((50, 4, 2), 7.0), SHOWN) == 0
    # missing joints hardly matter
    some = rng.random((50, 4)) < 0.7
    assert pose_variety(poses, some) == pytest.approx(variety, rel=0.2)
    assert np.isnan(pose_variety(poses[:1], SHOWN[:1]))


def test_estimates_fall_with_collapse_noise_and_sides_together(poses, rng):
    prior = learn_prior(poses, SHOWN, BOXES, FLIP)
    spread = pose_spread(poses, SHOWN, BOXES)

    def estimates(points):
        return pose_estimates(points, BOXES, FLIP, prior, spread)

    good = estimates(poses)
    assert good['spread'] == pytest.approx(1)
    assert good['sides_apart'] == 1
    assert good['plausible'] == 1
    assert estimates(poses[[0] * 50])['spread'] == pytest.approx(0)
    noise = estimates(rng.uniform(0, 60, poses.shape))
    assert noise['plausible'] < 0.4
    assert noise['density'] < good['density'] - 1
    together = poses.copy()
    together[:25, 2] = together[:25, 1] + 1
    assert estimates(together)['sides_apart'] == 0.5


def test_agreement_is_a_share_of_the_box(poses):
    moved = poses + np.array([[[4.9, 0], [0, 5.1], [0, 0], [9, 0]]])
    assert agreement(poses, moved, BOXES).mean(0).tolist() == [1, 0, 1, 0]
    assert agreement(poses, moved, 2 * BOXES).all()


@pytest.mark.parametrize(
    ('view_agreement', 'right'),
    [
        # networks of toy people on antelopes, of antelopes, and the animals of their training
        *((0.440, 0.011), (0.417, 0.021), (0.425, 0.008)),
        *((0.820, 0.860), (0.833, 0.829), (0.806, 0.817), (0.884, 0.997), (0.866, 0.997)),
        # real horses to sheep, and to other horses
        *((0.184, 0.048), (0.435, 0.066), (0.910, 0.716)),
    ],
)
def test_the_default_warns_of_measured_networks(view_agreement, right):
    found = warnings(dict(view_agreement=view_agreement, spread=1.0), THRESHOLDS)
    assert bool(found) == (right < 0.5)


@pytest.mark.parametrize(
    ('view_agreement', 'right', 'warned'),
    [
        # toy horses, dogs and sheep on antelopes: too high
        *((0.634, 0.337, False), (0.588, 0.417, True), (0.626, 0.394, False)),
        # toy videos at dusk, and 60 labels of one domain: too low
        *((0.581, 0.649, True), (0.558, 0.657, True), (0.536, 0.602, True)),
        # 30 labels of one domain, and dogs
        *((0.605, 0.611, False), (0.619, 0.655, False), (0.745, 0.593, False)),
    ],
)
def test_the_default_may_err_between_a_third_and_two_thirds(view_agreement, right, warned):
    found = warnings(dict(view_agreement=view_agreement, spread=1.0), THRESHOLDS)
    assert bool(found) == warned
    assert 1 / 3 < right < 2 / 3


def test_warnings_name_value_threshold_and_cure():
    low = dict.fromkeys(ADVICE, 0.1)
    for name, (_, cure) in ADVICE.items():
        (text,) = warnings(low, {name: 0.4})
        assert text.startswith('labels are probably wrong: ')
        assert '0.4 or more' in text
        assert cure in text
        assert 'frames-to-label' in text
        assert not warnings(dict.fromkeys(ADVICE, 0.4), {name: 0.4})
    assert not warnings({}, dict(spread=0.5))  # what is not known warns of nothing
