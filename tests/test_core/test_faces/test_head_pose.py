"""Head pose: conventions, accuracy, agreement with OpenCV, bad faces."""

import cv2
import numpy as np
import pytest

from mmpose_addons_core.faces import euler_angles, face_layout, head_pose, rotation_matrix
from mmpose_addons_core.faces.head_pose import project

SIZE = 128  # px
FOCAL = 150.0  # px
CENTRE = np.full(2, (SIZE - 1) / 2)


def heads(rng, layout, count=100, noise=0.0, yaw=60):
    """Faces that fill 70 % of the image: angles and landmarks in px."""
    angles = rng.uniform((-yaw, -30, -30), (yaw, 30, 30), (count, 3))
    template = face_layout(layout).template
    place = rng.uniform((-10, -50, -10), (10, -30, 10), (count, 3))
    place[:, 2] += FOCAL * np.ptp(template[:, 1]) / (0.7 * SIZE)
    focal, centre = np.full(count, FOCAL), np.tile(CENTRE, (count, 1))
    points = project(template, rotation_matrix(angles), place, focal, centre)
    return angles, points + rng.normal(0, noise, points.shape)


def turn_between(first, second):
    """(N,), degrees."""
    cosine = (np.einsum('nij,nij->n', first, second) - 1) / 2
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


@pytest.mark.parametrize('layout', [68, 98])
@pytest.mark.parametrize(
    ('camera', 'noise', 'limit'),
    [
        (dict(focal=FOCAL, centre=CENTRE), 0, 1e-4),
        (dict(image_size=(SIZE, SIZE)), 0, 1.0),  # guessed focal length, 128 instead of 150
        (dict(focal=FOCAL, centre=CENTRE), 2, 4.0),
        (dict(image_size=(SIZE, SIZE)), 2, 4.0),
    ],
)
def test_accuracy(rng, layout, camera, noise, limit):
    angles, points = heads(rng, layout, noise=noise)
    pose = head_pose(points, **camera)
    assert turn_between(pose.rotation, rotation_matrix(angles)).mean() <= limit
    assert np.abs(pose.angles - angles).mean() <= limit


def test_scaled_orthography_is_exact(rng):
    angles = rng.uniform(-60, 60, (20, 3))
    points = 0.7 * (face_layout(98).template @ np.swapaxes(rotation_matrix(angles), -1, -2))
    pose = head_pose(points[..., :2] + (30, -400))
    # what is left of perspective at a distance of 10,000 heads
    np.testing.assert_allclose(pose.angles, angles, atol=0.01)
    assert pose.error.max() < 0.01


def test_agrees_with_opencv(rng):
    _, points = heads(rng, 68, count=10, noise=2)
    template = face_layout(68).template.copy()
    camera = np.array([[FOCAL, 0, CENTRE[0]], [0, FOCAL, CENTRE[1]], [0, 0, 1]])
    pose = head_pose(points, np.ones(points.shape[:2]), focal=FOCAL, centre=CENTRE)
    for i, face in enumerate(points):
        _, turn, place = cv2.solvePnP(template, face, camera, None, flags=cv2.SOLVEPNP_SQPNP)
        turn, place = cv2.solvePnPRefineLM(template, face, camera, None, turn, place)
        np.testing.assert_allclose(cv2.Rodrigues(turn)[0], pose.rotation[i], atol=1e-3)
        np.testing.assert_allclose(place[:, 0], pose.translation[i], rtol=1e-3, atol=0.05)


@pytest.mark.parametrize('camera', [{}, dict(image_size=(SIZE, SIZE))])
def test_a_batch_is_its_faces(rng, camera):
    _, points = heads(rng, 68, count=5, noise=1)
    together = head_pose(points, **camera)
    for i in range(5):
        alone = head_pose(points[i : i + 1], **camera)
        np.testing.assert_allclose(alone.rotation[0], together.rotation[i], atol=1e-5)
        np.testing.assert_allclose(alone.error[0], together.error[i], atol=1e-5)


@pytest.mark.parametrize(
    ('angles', 'nose', 'chin'),
    [
        ((0, 0, 0), (0, 0, -1), (0, 1, 0)),
        ((90, 0, 0), (-1, 0, 0), (0, 1, 0)),  # yaw: to the left of the image
        ((0, 90, 0), (0, 1, 0), (0, 0, 1)),  # pitch: downwards, the chin goes back
        ((0, 0, 90), (0, 0, -1), (-1, 0, 0)),  # roll: clockwise, the chin goes left
    ],
)
def test_convention(angles, nose, chin):
    rotation = rotation_matrix(np.array(angles))
    np.testing.assert_allclose(rotation @ (0, 0, -1), nose, atol=1e-12)
    np.testing.assert_allclose(rotation @ (0, 1, 0), chin, atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)


def test_angles_round_trip(rng):
    angles = rng.uniform((-89, -179, -179), (89, 179, 179), (4, 50, 3))
    np.testing.assert_allclose(euler_angles(rotation_matrix(angles)), angles, atol=1e-9)


def test_error_is_the_distance_of_the_projection(rng):
    _, points = heads(rng, 98, count=3, noise=1)
    weights = rng.uniform(0, 2, (3, 98))
    pose = head_pose(points, weights, focal=FOCAL, centre=CENTRE)
    squares = ((pose.project(face_layout(98).template) - points) ** 2).sum(-1)
    expected = np.sqrt((squares * weights).sum(-1) / weights.sum(-1))
    np.testing.assert_allclose(pose.error, expected, rtol=1e-9)
    far = points + rng.normal(0, 20, points.shape)
    assert (head_pose(far, focal=FOCAL, centre=CENTRE).error > 5 * pose.error).all()


def test_invisible_landmarks_do_not_matter(rng):
    angles, points = heads(rng, 98, count=4)
    weights = np.ones((4, 98))
    weights[:, 40:60] = 0
    spoiled = points.copy()
    spoiled[:, 40:50] = 1e6
    spoiled[:, 50:60] = np.nan
    before = spoiled.copy()
    pose = head_pose(spoiled, weights, focal=FOCAL, centre=CENTRE)
    np.testing.assert_allclose(pose.angles, angles, atol=1e-3)
    np.testing.assert_array_equal(spoiled, before)
    nan_only = np.where(spoiled > 1e5, np.nan, spoiled)
    np.testing.assert_allclose(
        head_pose(nan_only, focal=FOCAL, centre=CENTRE).angles, angles, atol=1e-3
    )


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('camera', [{}, dict(image_size=(SIZE, SIZE))])
def test_hopeless_faces_are_nan_and_harm_no_other(rng, camera):
    _, points = heads(rng, 68, count=5)
    points[1] = np.nan
    points[2] = 7.0  # all in one place
    points[3, 5:] = np.nan
    pose = head_pose(points, **camera)
    hopeless = [False, True, True, True, False]
    for values in (pose.error, pose.angles[:, 0], pose.translation[:, 2]):
        assert np.isnan(values).tolist() == hopeless
    alone = head_pose(points[[0, 4]], **camera)
    np.testing.assert_allclose(pose.angles[[0, 4]], alone.angles, atol=1e-3)


def test_no_faces():
    assert head_pose(np.zeros((0, 68, 2))).angles.shape == (0, 3)


def test_own_template(rng):
    template = rng.normal(size=(9, 3))
    angles = np.array([[25.0, 10.0, -40.0]])
    points = template @ rotation_matrix(angles)[0].T
    pose = head_pose(50 * points[None, :, :2], template=template)
    np.testing.assert_allclose(pose.angles, angles, atol=0.01)


@pytest.mark.parametrize(
    ('landmarks', 'arguments', 'message'),
    [
        ((68, 2), {}, r'\(N, K, 2\), got \(68, 2\)'),
        ((1, 68, 3), {}, r'got \(1, 68, 3\)'),
        ((1, 5, 2), {}, r'\[68, 98\] landmarks, got 5'),
        ((1, 68, 2), dict(template=np.zeros((5, 3))), r'template \(68, 3\)'),
        ((2, 68, 2), dict(weights=np.ones(68)), r'weights \(2, 68\)'),
    ],
)
def test_unfit_shapes(landmarks, arguments, message):
    with pytest.raises(ValueError, match=message):
        head_pose(np.ones(landmarks), **arguments)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(weights=-np.ones((1, 68))), 'weights must be .*not negative, got -1'),
        (dict(weights=np.full((1, 68), np.inf)), 'weights must be finite .*got inf'),
        (dict(template=np.full((68, 3), np.nan)), 'template must be finite'),
        (dict(focal=0), 'focal must be positive px, one or 1, got 0'),
        (dict(focal=np.nan), 'focal must be positive .*got nan'),
        (dict(focal=[100, 100]), r'focal must be .*got \[100, 100\]'),
        (dict(centre=(1, 2, 3)), r'centre must be x and y .*got \(1, 2, 3\)'),
        (dict(centre=(np.nan, 1)), 'centre must be x and y'),
        (dict(image_size=(640,)), r'image_size must be .*got \(640,\)'),
        (dict(image_size=(0, 0)), r'image_size must be .*got \(0, 0\)'),
    ],
)
def test_unfit_weights_and_cameras(arguments, message):
    face = face_layout(68).template[None, :, :2]
    with pytest.raises(ValueError, match=message):
        head_pose(face, **arguments)


def test_lists_are_as_good_as_arrays():
    face, template = face_layout(68).template[None, :, :2], face_layout(68).template.tolist()
    found = head_pose(face.tolist(), [[1] * 68], template, centre=[0, 0], focal=500).angles
    np.testing.assert_allclose(
        found, head_pose(face, np.ones((1, 68)), focal=500, centre=(0, 0)).angles
    )
