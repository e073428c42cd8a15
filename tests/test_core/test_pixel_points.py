"""Points for OpenCV's drawing functions, wherever they lie."""

import numpy as np
import pytest

from mmpose_addons.visualization import draw_face, draw_pose

FAR = [[3, 4], [1e15, 5], [-1e308, np.nan], [np.inf, 20]]


def test_points_far_away_are_drawn_outside():
    image = np.zeros((30, 40, 3), np.uint8)
    sides = ['left', '', '', '']
    near = draw_pose(image, np.array(FAR), np.array([1, 0, 0, 0]), [], sides)
    every = draw_pose(image, np.array(FAR), np.ones(4), [], sides)
    assert near.any()
    np.testing.assert_array_equal(every, near)
    line = draw_pose(image, np.array(FAR), np.ones(4), [(0, 1)], sides)
    assert line[4, 4:].any(axis=1).all()  # from the first point to the right


@pytest.mark.parametrize('far', [1e15, -1e300])
def test_faces(far):
    image = np.zeros((30, 40, 3), np.uint8)
    landmarks = np.full((5, 2), 8.0)
    landmarks[2] = far
    assert draw_face(image, landmarks)[8, 8].any()
