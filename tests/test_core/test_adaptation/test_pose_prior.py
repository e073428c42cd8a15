"""The prior of poses on a drawn animal with two pairs of legs."""

import numpy as np
import pytest

from mmpose_addons_core.adaptation.limb_pairs import paired_limbs
from mmpose_addons_core.adaptation.plausibility import corrected, exchanged
from mmpose_addons_core.adaptation.pose_mixture import fit_mixture
from mmpose_addons_core.adaptation.pose_prior import learn_prior, normalised

# head, tail, left and right front foot, left and right hind foot
FLIP = [0, 1, 3, 2, 5, 4]
LINKS = [(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)]
LIMBS = paired_limbs(FLIP, LINKS)
RIGHTWARDS = np.array([[95, 10], [5, 20], [75, 60], [70, 70], [25, 60], [20, 70]], float)
"""Heading right the right feet are near the camera, so lower in the image."""
BOX = [0.0, 0, 100, 80]


def animals(count, rng, spread=2.5):
    """Poses of both headings (N, K, 2), whether they head right, and boxes, image px."""
    points = RIGHTWARDS + rng.normal(0, spread, (count, 6, 2))
    points[:, 2:, 0] += rng.normal(0, 6, (count, 1))  # the gait
    right = rng.random(count) < 0.5
    turned = points[:, FLIP] * [-1, 1] + [100, 0]
    return np.where(right[:, None, None], points, turned), right, np.tile(BOX, (count, 1))


@pytest.fixture(scope='module')
def prior():
    rng = np.random.default_rng(1)
    points, _, boxes = animals(200, rng)
    shown = rng.random((200, 6)) < 0.9  # a tenth has no label
    return learn_prior(points, shown, boxes, FLIP, components=2)


@pytest.fixture
def target(rng):
    return animals(100, rng)


ALL = np.ones((100, 6), bool)


def test_a_gaussian_is_found_from_poses_with_missing_joints(rng):
    mean = np.array([[0.1, 0.2], [-0.3, 0.1], [0.2, -0.2]])
    spread = np.diag([0.02, 0.03, 0.02, 0.05, 0.01, 0.02])
    spread[0, 2] = spread[2, 0] = 0.018
    poses = rng.multivariate_normal(mean.ravel(), spread, 4000).reshape(-1, 3, 2)
    shown = rng.random((4000, 3)) < [1, 0.6, 1]
    fitted = fit_mixture(poses, shown | ~shown[:, [1, 0, 2]], (0, 1, 2), 1, False, shrinkage=0)
    np.testing.assert_allclose(fitted.means[0], mean.ravel(), atol=0.01)
    np.testing.assert_allclose(fitted.covariances[0], spread, atol=0.003)


def test_headings_share_the_components(prior, target):
    points, right, boxes = target
    mirrored = prior.judge(points, ALL, boxes).mirrored > 0
    assert (mirrored == right).all() or (mirrored != right).all()


def test_the_sources_own_kind_is_near(prior, target):
    points, _, boxes = target
    found = prior.judge(points, ALL, boxes)
    assert 0.2 < np.median(found.distance) < 1
    assert (found.joint_distance > prior.limit).mean() < 0.05
    upside_down = points * [1, -1] + [0, 80]
    assert np.median(prior.judge(upside_down, ALL, boxes).distance) > 10
    assert prior.judge(points[:1], ~ALL[:1], boxes[:1]).joint_distance.shape == (1, 6)
    assert np.isnan(prior.judge(points[:1], ~ALL[:1], boxes[:1]).distance).all()


def test_size_and_place_of_the_box_do_not_matter(prior, target):
    points, _, boxes = target
    larger = prior.judge(3 * points + 50, ALL, 3 * boxes + [50, 50, 0, 0])
    np.testing.assert_allclose(larger.density, prior.judge(points, ALL, boxes).density)
    np.testing.assert_allclose(
        normalised(points[:1], boxes[:1])[0, 0, 0], points[0, 0, 0] / 100 - 0.5
    )


def test_swapped_legs_are_found(prior, target, rng):
    points, _, boxes = target
    assert LIMBS == [[(2, 3)], [(4, 5)]]
    swapped = rng.random((100, 2)) < 0.4
    found = corrected(prior, exchanged(points, swapped, LIMBS), ALL, boxes, LIMBS)
    assert (found.swaps == swapped).mean() > 0.9
    assert swapped[found.swaps].mean() > 0.97
    off = corrected(prior, points, ALL, boxes, LIMBS, swap_margin=np.inf)
    assert not off.swaps.any()


def test_misplaced_joints_are_left_out(prior, target, rng):
    points, _, boxes = target
    wrong = np.zeros((100, 6), bool)
    wrong[np.arange(100), rng.integers(0, 6, 100)] = True
    points = points + wrong[..., None] * [0.0, -60.0]
    found = corrected(prior, points, ALL, boxes, LIMBS, drop_margin=2)
    moved = exchanged(wrong, found.swaps, LIMBS)
    assert (~found.plausible)[moved].mean() > 0.9
    assert (~found.plausible)[~moved].mean() < 0.1
    off = corrected(prior, points, ALL, boxes, LIMBS, drop_margin=np.inf)
    assert off.plausible.all()


def test_most_poses_of_noise_are_left_out_as_a_whole(prior, rng):
    points = rng.uniform(0, 80, (100, 6, 2))
    found = corrected(prior, points, ALL, np.tile(BOX, (100, 1)), LIMBS, drop_margin=3)
    assert found.plausible.mean() < 0.3
    assert (~found.plausible).all(1).mean() > 0.5


def test_without_mirror_images_a_turned_animal_is_implausible(rng):
    points, right, boxes = animals(200, rng)
    own = learn_prior(
        points[right], ALL[:1].repeat(right.sum(), 0), boxes[right], FLIP, mirror=False
    )
    distance = own.judge(points, ALL[:1].repeat(200, 0), boxes).distance
    assert distance[~right].min() > 2 * distance[right].max()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match='got none of 4'):
        learn_prior(np.zeros((4, 6, 2)), np.zeros((4, 6), bool), np.ones((4, 4)), FLIP)
    with pytest.raises(ValueError, match='tolerance must be positive, got 0'):
        learn_prior(np.zeros((4, 6, 2)), ALL[:4], np.ones((4, 4)), FLIP, tolerance=0)
    for wrong in (
        *(dict(tolerance=value) for value in (float('nan'), '1')),
        *(dict(components=value) for value in (0, 1.5, '4')),
        *(dict(largest=-1), dict(seed='a')),
    ):
        with pytest.raises(ValueError, match=f'{next(iter(wrong))} must be .*, got '):
            learn_prior(np.zeros((4, 6, 2)), ALL[:4], np.ones((4, 4)), FLIP, **wrong)
