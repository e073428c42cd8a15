import numpy as np
import pytest

from mmpose_addons_core.image_sheet import CAPTION_HEIGHT, caption, fitted, grid


def grey(value, height=2, width=3):
    return np.full((height, width, 3), value, np.uint8)


def test_images_stand_in_rows_on_white():
    sheet = grid([grey(10), grey(20), grey(30)], columns=2, gap=1)
    assert sheet.shape == (4, 7, 3)
    assert sheet[::2, :, 0].tolist() == [
        [10, 10, 10, 255, 20, 20, 20],
        [30, 30, 30, 255, 255, 255, 255],
    ]


def test_fewer_images_than_columns_leave_places_white():
    assert grid([grey(10)], columns=3)[0, :, 0].tolist() == [10] * 3 + [255] * 6


def test_a_sheet_without_images_is_refused():
    with pytest.raises(ValueError, match='at least one image, got none'):
        grid([], 2)


@pytest.mark.parametrize(('height', 'scale'), [(CAPTION_HEIGHT, 0.45), (18, 0.36)])
def test_a_caption_lies_within_its_bar(height, scale):
    bar = caption('OKS 0.8', 80, height, scale)
    assert bar.shape == (height, 80, 3)
    assert bar.min() < 20
    assert (bar[[0, -1]] == 255).all()


@pytest.mark.parametrize('shape', [(20, 40), (40, 20), (200, 400)])
def test_an_image_keeps_its_shape_in_the_square(shape):
    square, scale = fitted(grey(0, *shape), 80)
    assert scale == 80 / max(shape)
    black = square[..., 0] < 128
    wide = shape[1] > shape[0]
    assert (black.sum(1).max(), black.sum(0).max()) == ((80, 40) if wide else (40, 80))
    assert black[0, 0]


def test_a_strip_of_an_image_keeps_a_row():
    square, scale = fitted(np.zeros((1, 1000, 3), np.uint8), 240)
    assert scale == 0.24
    assert (square[0] == 0).all()
    assert (square[1:] == 255).all()
