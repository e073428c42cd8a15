import cv2
import numpy as np
import pytest

from mmpose_addons_core.crop_cache import Cut, cut_out

FLIPS = {None: None, 'horizontal': 1, 'vertical': 0, 'diagonal': -1}


@pytest.fixture
def image(rng):
    """Smooth, so that fewer pixels show the same."""
    coarse = rng.uniform(0, 255, (8, 10, 3)).astype(np.float32)
    return (
        cv2.resize(coarse, (200, 160), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype('u1')
    )


def matrix(angle=0.0, scale=0.5):
    """Moves image px (100, 80) to input px (20, 16)."""
    turn = cv2.getRotationMatrix2D((100, 80), angle, scale)
    return turn + [[0, 0, 20 - 100], [0, 0, 16 - 80]]


def original(image, flip, turn):
    mirrored = image if flip is None else cv2.flip(image, FLIPS[flip])
    return cv2.warpAffine(mirrored, turn, (40, 32), flags=cv2.INTER_LINEAR)


@pytest.mark.parametrize('flip', FLIPS)
@pytest.mark.parametrize('angle', [0, 30])
def test_the_same_crop_from_the_same_pixels(image, flip, angle):
    """But for the rounding of positions to 1/32 px, which is worth a grey value or two."""
    kept = cut_out(image, Cut((40, 20, 160, 140), (120, 120)))
    turn = matrix(angle)
    found = kept.warp(turn, (40, 32), flip)
    difference = np.abs(found.astype(int) - original(image, flip, turn))
    assert difference.max() <= 2
    assert difference.mean() < 0.1


@pytest.mark.parametrize('flip', FLIPS)
def test_half_the_pixels_show_the_same(image, flip):
    """Rounding twice costs 0.4 grey values; half an image px to one side costs more."""
    kept = cut_out(image, Cut((40, 20, 160, 140), (60, 60)))
    turn = matrix(20)
    usual = original(image, flip, turn).astype(int)
    assert np.abs(kept.warp(turn, (40, 32), flip) - usual).mean() < 0.5
    moved = original(image, flip, turn + [[0, 0, 0.25], [0, 0, 0]])
    assert np.abs(moved - usual).mean() > 0.75


def test_a_crop_that_needs_more_is_refused(image):
    kept = cut_out(image, Cut((60, 40, 140, 120), (80, 80)))
    assert kept.warp(matrix(scale=0.52), (40, 32)) is not None
    assert kept.warp(matrix(scale=0.45), (40, 32)) is None


def test_beyond_the_image_there_is_nothing_to_keep(image):
    kept = cut_out(image, Cut((0, 0, 200, 160), (200, 160)))
    turn = matrix(scale=0.1)
    np.testing.assert_array_equal(kept.warp(turn, (40, 32)), original(image, None, turn))


def test_grey_images(image):
    grey = image[..., 0]
    kept = cut_out(grey, Cut((40, 20, 160, 140), (120, 120)))
    assert kept.warp(matrix(), (40, 32)).shape == (32, 40)
    assert kept.image_size == (200, 160)


def test_points_move_from_crop_to_image(image):
    kept = cut_out(image, Cut((40, 20, 160, 140), (60, 60)))
    # a crop px covers two image px
    np.testing.assert_allclose(kept.from_crop() @ [0, 0, 1], [40.5, 20.5, 1])
    np.testing.assert_allclose(kept.from_crop('horizontal') @ [0, 0, 1], [158.5, 20.5, 1])
    np.testing.assert_allclose(kept.from_crop('diagonal') @ [0, 0, 1], [158.5, 138.5, 1])
