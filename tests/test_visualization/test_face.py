"""Drawn landmarks and axes are where they belong, and the image given stays as it is."""

import numpy as np
import pytest

from mmpose_addons.visualization import draw_face, draw_head_axes
from mmpose_addons.visualization.face import AXES
from mmpose_addons_core.faces import face_layout, head_pose, rotation_matrix

BLANK = np.full((200, 200, 3), 255, np.uint8)


def centre_of(image, colour):
    """Mean (x, y) of the pixels of nearly that colour."""
    near = np.abs(image.astype(int) - colour).sum(-1) < 60
    assert near.any()
    return np.argwhere(near).mean(0)[::-1]


def projected(angles):
    face = face_layout(68).template @ rotation_matrix(np.array(angles)).T
    return 0.8 * face[None, :, :2] + (100, 70)


@pytest.mark.parametrize(
    ('angles', 'axis', 'direction'),
    [
        ((0, 0, 0), 'right', (1, 0)),
        ((0, 0, 0), 'down', (0, 1)),
        ((40, 0, 0), 'forward', (-1, 0)),
        ((0, 40, 0), 'forward', (0, 1)),
        ((0, 0, 90), 'right', (0, 1)),
    ],
)
def test_axes_point_where_the_head_does(angles, axis, direction):
    landmarks = projected(angles)
    drawn = draw_head_axes(BLANK, head_pose(landmarks))
    tip = landmarks[0, face_layout(68).parts['nose_bridge'][-1]]
    arrow = centre_of(drawn, AXES[axis][1]) - tip
    assert arrow @ direction > 0.95 * np.linalg.norm(arrow) > 10
    assert (BLANK == 255).all()


def test_hopeless_poses_are_not_drawn():
    pose = head_pose(np.full((1, 68, 2), np.nan))
    assert (draw_head_axes(BLANK, pose) == BLANK).all()


@pytest.mark.parametrize('scale', [1e6, 1e12])
def test_heads_of_any_size_are_drawn(scale):
    """Predictions of an untrained network may lie anywhere."""
    pose = head_pose(projected((0, 0, 0)) * scale)
    assert draw_head_axes(BLANK, pose).shape == BLANK.shape


def test_points_at_sub_pixel_places():
    drawn = draw_face(BLANK, np.array([[50.5, 80.0]]), colour=(0, 0, 0))
    dark = 255.0 - drawn[..., 0]
    y, x = np.mgrid[:200, :200]
    assert (dark * x).sum() / dark.sum() == pytest.approx(50.5, abs=0.05)
    assert (dark * y).sum() / dark.sum() == pytest.approx(80, abs=0.05)
    assert (BLANK == 255).all()


def test_only_visible_landmarks():
    landmarks = np.array([[20.0, 20], [np.nan, 0], [60, 60]])
    drawn = draw_face(BLANK, landmarks, visible=[1, 1, 0])
    assert (drawn[15:25, 15:25] != 255).any()
    drawn[15:25, 15:25] = 255
    assert (drawn == 255).all()


def test_lines_of_known_layouts():
    landmarks = projected((0, 0, 0))[0]
    drawn = draw_face(BLANK, landmarks, colour=(0, 0, 0))
    eye = face_layout(68).parts['left_eye']
    x, y = landmarks[[eye[-1], eye[0]]].mean(0).round().astype(int)  # the line that closes it
    assert drawn[y - 1 : y + 2, x - 1 : x + 2].min() < 128
