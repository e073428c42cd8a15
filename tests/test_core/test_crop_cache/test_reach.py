import numpy as np
import pytest

from mmpose_addons_core.crop_cache import Cut, Spread, View, cut_for

CENTRE = np.array([500.0, 400.0])
WHOLE = (1000, 800)


def cut(spread, size=(100.0, 100.0), input_size=(50, 50), oversampling=1.0, image=WHOLE):
    return cut_for([View(CENTRE, np.array(size), spread, input_size)], image, oversampling)


def test_a_box_that_does_not_move_needs_its_own_pixels_and_their_neighbours():
    # half of the px are enough, and 2 + 2 / 0.5 px around them
    assert cut(Spread()) == Cut((444, 344, 556, 456), (56, 56))


def test_pixels_are_kept_as_they_are_where_fewer_would_save_little():
    assert cut(Spread(), input_size=(80, 80)) == Cut((448, 348, 552, 452), (104, 104))
    assert cut(Spread(), oversampling=float('inf')).size == (104, 104)


@pytest.mark.parametrize(
    ('spread', 'half'),
    [
        (Spread(largest=1.5), (75, 75)),
        (Spread(shift=0.2), (70, 70)),
        (Spread(shift=0.2, largest=1.5), (95, 95)),
        # a square turned by 45 degrees reaches sqrt(2) times as far, and so do larger angles
        (Spread(rotation=45), (70.7107, 70.7107)),
        (Spread(rotation=80), (70.7107, 70.7107)),
        # 50 * (cos 10 + sin 10)
        (Spread(rotation=10), (57.9228, 57.9228)),
    ],
)
def test_the_reach_of_each_random_step(spread, half):
    x0, y0, x1, y1 = cut(spread, oversampling=float('inf')).region
    assert (x0, y0) == tuple(np.floor(CENTRE - half - 2))
    assert (x1, y1) == tuple(np.ceil(CENTRE + half + 2))


def test_the_crop_has_the_shape_of_the_input():
    # 100 x 100 px become 100 x 200
    x0, y0, x1, y1 = cut(Spread(), input_size=(50, 100), oversampling=float('inf')).region
    assert (x1 - x0, y1 - y0) == (104, 204)


def test_a_larger_zoom_in_keeps_more_pixels():
    sizes = [cut(Spread(smallest=s), oversampling=1.2).size[0] for s in (1.0, 0.9)]
    # 112 and 110 px of the image, 0.6 and 0.667 crop px for each
    assert sizes == [68, 74]


def test_parts_outside_the_image_are_not_kept():
    region, size = cut(Spread(largest=20))
    assert region == (0, 0, *WHOLE)
    assert size == (500, 400)
    outside = View(np.array([-500.0, 100.0]), np.array([50.0, 50.0]), Spread(), (50, 50))
    x0, y0, x1, y1 = cut_for([outside], WHOLE, 1.0).region
    assert 0 <= x0 < x1 <= WHOLE[0]
    assert 0 <= y0 < y1 <= WHOLE[1]


def test_several_views_share_one_cut():
    views = [
        View(CENTRE + moved, np.array(size), Spread(), (50, 50))
        for moved, size in ((-100, (100.0, 100.0)), (200, (50.0, 50.0)))
    ]
    # the smaller box decides the resolution: all px
    region, size = cut_for(views, WHOLE, 1.0)
    assert region == (348, 248, 727, 627)
    assert size == (379, 379)


def test_steps_one_after_the_other():
    spread = Spread().moved(0.1, (0.5, 2.0), 30).moved(0.2, (0.8, 1.5), 10)
    assert spread == Spread(0.1 + 0.2 * 2, 0.4, 3.0, 10)


def test_a_box_without_a_size_keeps_all_pixels():
    assert cut(Spread(), size=(0.0, 0.0)) == Cut((498, 398, 502, 402), (4, 4))
