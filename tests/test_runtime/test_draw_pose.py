import numpy as np
import pytest

from mmpose_addons_runtime.draw_pose import draw_pose

IMAGE = np.zeros((600, 900, 3), np.uint8)  # 900 px: limbs of 6 px, points of 18 px


def drawn(points, shown=None):
    points = np.asarray(points, dtype=np.float32)
    shown = np.ones(len(points), bool) if shown is None else np.asarray(shown)
    return draw_pose(IMAGE, points, shown, [(0, 1)], [''] * len(points)).any(-1)


def test_points_of_a_large_pose_have_the_size_for_the_image():
    found = drawn([[100, 100], [400, 100], [100, 400]])
    for x, y in ((100, 100), (400, 100), (100, 400)):
        assert found[y + 8, x]
        assert not found[y + 11, x]
    assert 6 <= found[:, 250].sum() <= 9  # with soft edges


@pytest.mark.parametrize(('spacing', 'radius'), [(6, 3), (12, 6), (90, 9)])
def test_landmarks_of_a_face_do_not_cover_each_other(spacing, radius):
    """Nearest neighbours touch at most, and the image is seen between them."""
    x, y = np.meshgrid(np.arange(6), np.arange(6))
    points = np.stack((x, y), axis=-1).reshape(-1, 2) * spacing + 50
    found = drawn(points)
    for column, row in points.tolist():
        assert found[row - radius + 1, column]
    assert not found[50 - radius - 2, 50]
    middle = points.reshape(6, 6, 2)[:-1, :-1].reshape(-1, 2) + spacing // 2
    assert not found[middle[6:, 1], middle[6:, 0]].any()


@pytest.mark.parametrize('point', [np.nan, np.inf, 1e30])
def test_keypoints_that_are_hidden_or_far_away_do_not_count(point):
    """The third keypoint is hidden; the fourth lies beyond the image."""
    points = [[100, 100], [400, 100], [101, 100], [point, point]]
    expected = drawn([*points[:2], [1, 1], [1, 1]], [True, True, False, False])
    np.testing.assert_array_equal(drawn(points, [True, True, False, True]), expected)
    assert expected[108, 100]
