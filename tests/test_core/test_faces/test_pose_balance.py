import json

import numpy as np
import pytest

from mmpose_addons_core.faces import (
    balanced_repeats,
    face_layout,
    head_pose,
    pose_coefficients,
    rotation_matrix,
)
from mmpose_addons_core.faces.pose_balance import aligned_shapes


def turned(angles):
    """Faces (N, 68, 2) with yaw, pitch and roll in degrees (N, 3)."""
    return (face_layout(68).template @ rotation_matrix(angles).swapaxes(1, 2))[..., :2]


def test_coefficient_follows_the_yaw(rng):
    angles = np.stack(
        (rng.uniform(-50, 50, 200), rng.uniform(-10, 10, 200), rng.uniform(-40, 40, 200)), 1
    )
    faces = turned(angles) * rng.uniform(0.5, 3, (200, 1, 1)) + rng.uniform(0, 99, (200, 1, 2))
    coefficients = pose_coefficients(faces)
    yaw = np.sin(np.radians(angles[:, 0]))
    assert abs(np.corrcoef(coefficients, yaw)[0, 1]) > 0.99


def test_position_size_and_roll_do_not_count(rng):
    face = turned(np.array([[20.0, 5, 0]]))
    moved = turned(np.array([[20.0, 5, 35]])) * 2.5 + (30, -4)
    others = turned(np.stack((rng.uniform(-30, 30, 20), np.zeros(20), np.zeros(20)), 1))
    shapes = aligned_shapes(np.concatenate((face, moved, others)))
    np.testing.assert_allclose(shapes[0], shapes[1], atol=1e-9)
    np.testing.assert_allclose(np.square(shapes).sum((1, 2)), 1)
    np.testing.assert_allclose(shapes.mean(1), 0, atol=1e-12)


def test_all_bins_have_as_many_as_the_fullest(rng):
    coefficients = np.concatenate((rng.uniform(0, 1, 50), rng.uniform(1, 2, 7), [2.0, 3.0]))
    repeats = balanced_repeats(coefficients, bins=3)
    places = np.minimum((coefficients - coefficients.min()) // (3 / 3), 2).astype(int)
    sums = np.bincount(places, repeats)
    counts = np.bincount(places)
    assert sums.tolist() == [counts.max()] * 3
    assert repeats[places == 0].max() == 1
    assert np.ptp(repeats[places == 1]) <= 1


def test_equal_coefficients_are_left_alone():
    assert balanced_repeats(np.full(4, 0.3), bins=5).tolist() == [1, 1, 1, 1]


def test_one_shape_of_many_sizes_is_one_pose(rng):
    """Without rounding, float32 alone would spread the faces over all bins."""
    sizes, places = rng.uniform(0.5, 3, (30, 1, 1)), rng.uniform(0, 99, (30, 1, 2))
    faces = (turned(np.array([[20.0, 5, 0]])) * sizes + places).astype(np.float32)
    assert balanced_repeats(pose_coefficients(faces)).tolist() == [1] * 30


def test_more_bins_than_memory_has_room_for():
    assert balanced_repeats(np.array([0.0, 0.0, 1.0]), bins=10**12).tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    ('shapes', 'message'),
    [
        (np.zeros((2, 5)), r'got \(2, 5\)'),
        (np.full((1, 5, 2), np.nan), 'got another value in face 0'),
        (np.ones((1, 5, 2)), 'got all landmarks at one point in 0'),
    ],
)
def test_shapes_that_cannot_be_aligned(shapes, message):
    with pytest.raises(ValueError, match=message):
        pose_coefficients(shapes)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(coefficients=np.ones(0)), r'got shape \(0,\)'),
        (dict(coefficients=np.array([1, np.inf])), 'must be finite'),
        (dict(coefficients=np.ones(3), bins=0), 'bins must be a whole number .*got 0'),
        (dict(coefficients=np.ones(3), bins=2.5), 'bins must be .*got 2.5'),
        (dict(coefficients=np.ones(3), limit=0), 'limit must be .*got 0'),
        (dict(coefficients=np.ones(3), limit='3'), "limit must be .*got '3'"),
    ],
)
def test_unusable_settings_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        balanced_repeats(**arguments)


@pytest.mark.real_data
def test_coefficient_follows_the_yaw_of_real_faces(sample_data):
    file = sample_data / 'face68/train.json'
    if not file.exists():
        pytest.skip(f'{file} does not exist')
    annotations = json.loads(file.read_text())['annotations']
    points = np.array([record['keypoints'] for record in annotations])
    faces = points.reshape(-1, 68, 3)[..., :2]
    coefficients = pose_coefficients(faces)
    yaw = head_pose(faces).angles[:, 0]
    assert abs(np.corrcoef(coefficients, yaw)[0, 1]) > 0.995
    repeats = balanced_repeats(coefficients, limit=10)
    turned = np.abs(yaw) > 20
    share = turned @ repeats / repeats.sum()
    assert turned.mean() == pytest.approx(0.205, abs=0.01)
    assert share > 1.5 * turned.mean()
