import numpy as np
import pytest

from mmpose_addons_core.adaptation.heading import facing, track_heading
from mmpose_addons_core.adaptation.label_checks import LabelChecks
from mmpose_addons_core.adaptation.limb_pairs import mirrored_pairs, paired_limbs, sides_apart
from mmpose_addons_core.adaptation.track_sides import track_swaps

# head, tail, left and right front foot, left and right hind foot
FLIP = [0, 1, 3, 2, 5, 4]
LINKS = [(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)]
POSE = np.array([[95, 10], [5, 20], [80, 60], [60, 70], [30, 60], [10, 70]], float)


@pytest.fixture
def walk():
    """Six frames of an animal that walks to the right, 5 px a frame, and their boxes."""
    shift = np.arange(6)[:, None, None] * np.array([5.0, 0])
    return POSE + shift, np.array([[5.0 * i, 0, 100, 80] for i in range(6)])


def test_limbs_are_pairs_that_the_skeleton_connects():
    assert mirrored_pairs(FLIP) == [(2, 3), (4, 5)]
    assert paired_limbs(FLIP, LINKS) == [[(2, 3)], [(4, 5)]]
    assert paired_limbs(FLIP, [*LINKS, (2, 4)]) == [[(2, 3), (4, 5)]]
    assert paired_limbs([0, 1], [(0, 1)]) == []


def test_both_sides_at_one_place():
    points = POSE.copy()[None]
    points[0, 3] = points[0, 2] + [3, 0]  # 0.03 of the box
    boxes = np.array([[0.0, 0, 100, 80]])
    shown = np.ones((1, 6), bool)
    np.testing.assert_array_equal(
        sides_apart(points, shown, boxes, FLIP), [[True, True, False, False, True, True]]
    )
    assert sides_apart(points, shown, boxes, FLIP, together=0.02).all()
    shown[0, 2] = False
    assert sides_apart(points, shown, boxes, FLIP).all()


def test_a_leg_keeps_its_side(walk):
    points, _ = walk
    points[2, [2, 3]] = points[2, [3, 2]]
    points[3, [2, 3]] = points[3, [3, 2]]
    shown = np.ones((6, 6), bool)
    limbs = paired_limbs(FLIP, LINKS)
    swaps = track_swaps(points, shown, np.ones((6, 6)), 100, limbs)
    np.testing.assert_array_equal(swaps[:, 0], [0, 0, 1, 1, 0, 0])
    assert not swaps[:, 1].any()
    # the surer frames decide where a swap lasts to the end
    points[4:, [2, 3]] = points[4:, [3, 2]]
    sure = np.where(np.arange(6)[:, None] < 2, 0.9, 0.1) * np.ones(6)
    np.testing.assert_array_equal(
        track_swaps(points, shown, sure, 100, limbs)[:, 0], [0, 0, 1, 1, 1, 1]
    )


def test_heading_by_votes_and_motion(walk):
    points, boxes = walk
    ways = facing(points, np.ones((6, 6)), [0], [1])
    np.testing.assert_allclose(ways, 90)
    standing = boxes[[0] * 6]
    assert track_heading(ways, np.ones(6), standing) == 1
    assert track_heading(-ways, np.ones(6), standing) == -1
    assert track_heading(-ways, np.ones(6), boxes) == pytest.approx(1 / 3)  # walks 0.25 boxes
    assert track_heading(ways * 0, np.ones(6), standing) == 0
    assert facing(points, np.zeros((6, 6)), [0], [1]).tolist() == [0] * 6


def test_checks_in_order(walk):
    points, boxes = walk
    points[2, [2, 3]] = points[2, [3, 2]]
    points[4] = points[4][FLIP] * [-1, 1] + [140, 0]  # turned round
    points[5, 5] = points[5, 4]
    checks = LabelChecks(FLIP, LINKS, head=[0], tail=[1], track=True, together=0.04)
    given = points.copy()
    found = checks.apply(points, np.ones((6, 6)), np.ones((6, 6), bool), boxes, [range(6)])
    np.testing.assert_array_equal(points, given)
    assert found.swaps[2].tolist() == [True, False]
    np.testing.assert_allclose(found.keypoints[2], POSE + [10, 0])
    assert not found.good[4].any()
    assert found.good[5].tolist() == [True, True, True, True, False, False]
    assert found.good[:4].all()
    assert found.reasons['turned against the track'] == 6
    assert found.reasons['both sides at one place'] == 2
    assert found.reasons['swapped'] == 2 * int(found.swaps.sum())
    off = LabelChecks(FLIP, LINKS)
    same = off.apply(points, np.ones((6, 6)), np.ones((6, 6), bool), boxes, [range(6)])
    assert same.good.all()
    np.testing.assert_array_equal(same.keypoints, points)


@pytest.mark.parametrize('wrong', [dict(head=[0]), dict(tail=[1]), dict(head=[1], tail=[1])])
def test_a_heading_needs_head_and_tail(wrong):
    with pytest.raises(ValueError, match=r'head and tail must both .*, got '):
        LabelChecks(FLIP, LINKS, **wrong)


def test_single_images_have_no_track(walk):
    points, boxes = walk
    points[4] = points[4][FLIP] * [-1, 1] + [140, 0]
    checks = LabelChecks(FLIP, LINKS, head=[0], tail=[1])
    found = checks.apply(
        points, np.ones((6, 6)), np.ones((6, 6), bool), boxes, [[i] for i in range(6)]
    )
    assert found.good.all()
