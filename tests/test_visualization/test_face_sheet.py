import numpy as np
import pytest

from mmpose_addons.visualization.face_sheet import face_image, selected_faces, sheet


@pytest.mark.parametrize(
    ('select', 'count', 'expected'),
    [
        ('even', 2, [0, 1, 2, 3, 4]),
        ('best', 2, [1, 0]),
        ('worst', 2, [4, 3]),
        ('worst', 9, [4, 3, 0, 1]),
    ],
)
def test_faces_are_selected_by_error(select, count, expected):
    """A lost face is the worst one; a face without ground truth is neither."""
    errors = np.array([0.2, 0.1, np.nan, 0.4, np.inf])
    assert selected_faces(errors, count, select).tolist() == expected


def test_empty_places_are_white():
    images = [np.full((2, 3, 3), grey, np.uint8) for grey in (10, 20, 30)]
    drawn = sheet(images, columns=2)
    assert drawn.shape == (4, 6, 3)
    assert drawn[::2, ::3, 0].tolist() == [[10, 20], [30, 255]]


def test_a_face_of_one_point_is_not_enlarged(rng):
    image = rng.integers(0, 255, (80, 120, 3), dtype=np.uint8)
    points = np.full((68, 2), (60.0, 40))
    visible = np.arange(68) == 30
    drawn = face_image(image, points, visible, points, 'NME', cell=40)[-40:]
    np.testing.assert_array_equal(drawn[:15, :15], image[20:35, 40:55])
    assert (drawn[20, 20] != image[40, 60]).any()  # the landmark
