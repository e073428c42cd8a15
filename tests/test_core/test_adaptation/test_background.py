import numpy as np

from mmpose_addons_core.adaptation.background import (
    body_mask,
    box_mask,
    random_texture,
    with_background,
)


def test_box_and_body():
    corners = np.array([[2, 3], [12, 3], [12, 8], [2, 8]], float)
    mask = box_mask(corners, (20, 16))
    assert mask.shape == (16, 20)
    rows, columns = np.nonzero(mask)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (3, 8, 2, 12)
    points = np.array([[4.0, 8], [16, 8], [10, 2]])
    body = body_mask(points, np.array([True, True, False]), [(0, 1), (1, 2)], 2, (20, 16))
    assert body[8, 4:17].min() == 255
    assert body[2, 10] == 0  # not shown
    assert body[13].max() == 0
    assert body[6, 10] == body[9, 10] == 255


def test_background_shows_where_the_mask_is_0(rng):
    image = rng.integers(0, 256, (16, 20, 3), dtype=np.uint8)
    mask = np.zeros((16, 20), np.uint8)
    mask[:, :10] = 255
    background = np.full_like(image, 7)
    hard = with_background(image, background, mask, 0)
    np.testing.assert_array_equal(hard[:, :10], image[:, :10])
    assert (hard[:, 10:] == 7).all()
    soft = with_background(np.full_like(image, 107), background, mask, 2)
    row = soft[8, :, 0].astype(int)
    assert (np.diff(row) <= 0).all()
    assert row[9] - row[10] < 30
    assert row[0] > 105
    assert row[-1] < 9


def test_textures_differ_and_fill_the_size(rng):
    first, second = random_texture((20, 16), rng), random_texture((20, 16), rng)
    assert first.shape == (16, 20, 3)
    assert (first != second).any()
