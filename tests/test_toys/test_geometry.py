"""Rotations, forward kinematics, and outlines against brute force."""

import numpy as np
import pytest

from mmpose_addons_toys.geometry import (
    View,
    capsule_outline,
    ellipse_outline,
    projected_ellipse,
    rotation_matrices,
    sphere_points,
    visible_patch,
)
from mmpose_addons_toys.person_skeleton import SKELETON

EXACT = 1e-12  # float64, unit lengths, a handful of products


def bent(**joints: tuple[float, float, float]) -> np.ndarray:
    """Positions of a body facing the viewer with some joints at angles in degrees."""
    angles = np.zeros((len(SKELETON.joints), 3))
    for name, degrees in joints.items():
        angles[SKELETON.index[name]] = degrees
    return SKELETON.pose(angles, np.eye(3))[0]


def test_rotations_are_rotations_and_compose_in_the_stated_order(rng):
    degrees = rng.uniform(-180, 180, (5, 3))
    matrices = rotation_matrices(degrees)
    np.testing.assert_allclose(
        matrices @ np.swapaxes(matrices, 1, 2), np.eye(3)[None].repeat(5, 0), atol=EXACT
    )
    np.testing.assert_allclose(np.linalg.det(matrices), 1, atol=EXACT)
    x, y, z = (rotation_matrices(degrees * axis) for axis in np.eye(3))
    np.testing.assert_allclose(matrices, z @ x @ y, atol=EXACT)


FRONT, BACK = (0, 0, -1), (0, 0, 1)
LEFT, RIGHT = (1, 0, 0), (-1, 0, 0)  # of the body, which faces the viewer


@pytest.mark.parametrize(
    ('joints', 'moved', 'direction'),
    [
        ({'left_knee': (-90, 0, 0)}, 'left_ankle', BACK),
        ({'right_elbow': (90, 0, 0)}, 'right_wrist', FRONT),
        ({'left_shoulder': (90, 0, 0)}, 'left_elbow', FRONT),
        ({'right_hip': (90, 0, 0)}, 'right_knee', FRONT),
        ({'waist': (30, 0, 0)}, 'head', FRONT),
        ({'left_shoulder': (0, 60, 0)}, 'left_elbow', LEFT),
        ({'right_shoulder': (0, 60, 0)}, 'right_elbow', RIGHT),
        ({'left_hip': (0, 30, 0)}, 'left_knee', LEFT),
        ({'right_hip': (0, 30, 0)}, 'right_knee', RIGHT),
        ({'waist': (0, 20, 0)}, 'head', LEFT),
        ({'left_shoulder': (0, 0, 60), 'left_elbow': (90, 0, 0)}, 'left_wrist', RIGHT),
        ({'right_shoulder': (0, 0, 60), 'right_elbow': (90, 0, 0)}, 'right_wrist', LEFT),
        ({'pelvis': (0, 0, 60), 'right_elbow': (90, 0, 0)}, 'right_wrist', LEFT),
    ],
)
def test_joints_move_the_way_their_angles_say(joints, moved, direction):
    j = SKELETON.index[moved]
    way = bent(**joints)[j] - bent()[j]
    assert way @ direction > 0.05


def test_bones_keep_their_lengths_and_the_root_turns_them_all(rng):
    angles = SKELETON.clip(rng.uniform(-180, 180, (len(SKELETON.joints), 3)))
    positions, frames = SKELETON.pose(angles, np.eye(3))
    bones = positions[1:] - positions[SKELETON.parents[1:]]
    np.testing.assert_allclose(
        np.linalg.norm(bones, axis=1),
        np.linalg.norm(SKELETON.offsets[1:], axis=1),
        atol=EXACT,
    )
    root = rotation_matrices(np.array([20.0, 130, -7]))
    turned, turned_frames = SKELETON.pose(angles, root)
    np.testing.assert_allclose(turned, positions @ root.T, atol=EXACT)
    np.testing.assert_allclose(turned_frames, root @ frames, atol=EXACT)


def test_equal_angles_on_both_sides_give_a_mirrored_body(rng):
    angles = rng.uniform(-40, 40, (len(SKELETON.joints), 3))
    pairs = [
        (i, SKELETON.index['right' + joint.name[4:]])
        for i, joint in enumerate(SKELETON.joints)
        if joint.side == 'left'
    ]
    left, right = map(list, zip(*pairs, strict=True))
    angles[right] = angles[left]
    middle = [i for i, joint in enumerate(SKELETON.joints) if joint.side == 'middle']
    angles[middle] *= [1, 0, 0]
    positions, _ = SKELETON.pose(angles, np.eye(3))
    np.testing.assert_allclose(positions[left] * [-1, 1, 1], positions[right], atol=EXACT)


def test_ellipse_of_an_ellipsoid_bounds_its_projected_surface(rng):
    axes = np.array([0.3, 1.0, 0.6])
    turn = rotation_matrices(np.array([25.0, -70, 40]))
    surface = rng.normal(size=(20000, 3))
    surface = surface / np.linalg.norm(surface, axis=1, keepdims=True) * axes @ turn.T
    ellipse = projected_ellipse(axes, turn)
    radii = np.linalg.norm(np.linalg.solve(ellipse, surface[:, :2].T), axis=0)
    assert radii.max() <= 1 + 1e-9
    assert radii.max() > 0.999  # 20000 points come that close to the rim


def test_capsule_outline_lies_on_its_two_circles():
    start, end = np.array([3.0, 4.0]), np.array([10.0, 4.0])
    outline = capsule_outline(start, end, 2, 1)
    first, second = np.split(outline, 2)
    np.testing.assert_allclose(np.linalg.norm(first - start, axis=1), 2, atol=EXACT)
    np.testing.assert_allclose(np.linalg.norm(second - end, axis=1), 1, atol=EXACT)


def test_patch_is_whole_in_front_cut_at_the_side_and_gone_behind():
    azimuths = [-30, 0, 30, -30, 0, 30]
    patch = sphere_points(azimuths, [-20, -20, -20, 20, 20, 20])
    axes = (0.5, 0.5, 0.5)
    front = visible_patch(patch, axes, np.eye(3))
    np.testing.assert_allclose(front, patch * 0.5, atol=EXACT)
    side = visible_patch(patch, axes, rotation_matrices(np.array([0, 90, 0])))
    assert side[:, 2].max() <= EXACT  # nothing behind the silhouette
    assert 0 < len(side) < len(patch)
    assert visible_patch(patch, axes, rotation_matrices(np.array([0, 180, 0]))) is None


def test_view_scales_and_shifts():
    view = View(10, np.array([100.0, 50.0]))
    np.testing.assert_array_equal(view(np.array([[1.0, 2.0, 9.0]])), [[110.0, 70.0]])


def test_ellipse_outline_is_centred():
    outline = ellipse_outline(np.array([5.0, 6.0]), np.diag([2.0, 3.0]))
    np.testing.assert_allclose(outline.mean(0), [5, 6], atol=EXACT)
    np.testing.assert_allclose(np.ptp(outline, axis=0), [4, 6], atol=EXACT)
