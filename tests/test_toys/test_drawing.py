"""The canvas: coverage, part map, shading, clipping; textures; solids in depth."""

import numpy as np
import pytest

from mmpose_addons_toys.drawing import TEXTURE_SIZE, Canvas, Light, mix_colours, plain_texture
from mmpose_addons_toys.figure import PARTS_PER_FIGURE, Figure
from mmpose_addons_toys.geometry import View
from mmpose_addons_toys.textures import PATTERNS, add_noise, pattern_texture, smooth_noise

RED, BLUE = (0, 0, 200), (200, 0, 0)
SQUARE = np.array([[10.0, 10], [30, 10], [30, 30], [10, 30]])
MIDDLE, FRAME = np.array([20.0, 20.0]), np.eye(2) * 10


def blank(**settings) -> Canvas:
    return Canvas(np.zeros((48, 40, 3), np.uint8), **settings)


def test_a_flat_stamp_fills_its_outline_and_nothing_else():
    canvas = blank()
    canvas.draw_texture(SQUARE, plain_texture(RED), MIDDLE, FRAME, part_id=7)
    np.testing.assert_array_equal(canvas.image[12:29, 12:29], np.broadcast_to(RED, (17, 17, 3)))
    outside = np.ones((48, 40), bool)
    outside[9:32, 9:32] = False
    assert not canvas.image[outside].any()
    assert not canvas.part_map[outside].any()
    assert (canvas.part_map[11:30, 11:30] == 7).all()


def test_outlines_are_anti_aliased_to_a_fraction_of_a_pixel():
    red = []
    for shift in (0.0, 0.25, 0.5):
        canvas = blank()
        canvas.draw_texture(SQUARE + shift, plain_texture(RED), MIDDLE, FRAME, part_id=1)
        red.append(canvas.image[20, 31, 2])
    assert red[0] < red[1] < red[2] < RED[2]


def test_shapes_beyond_the_border_are_cut():
    canvas = blank()
    for shift in ([-20, 0], [25, 30], [200, 0], [0, -300]):
        canvas.draw_texture(
            SQUARE + shift, plain_texture(RED), MIDDLE + shift, FRAME, part_id=1
        )
        canvas.tint(SQUARE + shift, BLUE, 0.5)
        canvas.fill_polygon(SQUARE + shift, RED)
        canvas.draw_line(SQUARE + shift, RED, 0.5)
    assert canvas.image[20, 5].any()
    assert canvas.image[45, 38].any()


def test_texture_follows_its_frame():
    texture = plain_texture(RED).copy()
    texture[: TEXTURE_SIZE // 2] = BLUE
    canvas = blank()
    canvas.draw_texture(SQUARE, texture, MIDDLE, FRAME)
    assert tuple(canvas.image[13, 20]) == BLUE
    assert tuple(canvas.image[27, 20]) == RED
    canvas.draw_texture(SQUARE, texture, MIDDLE, np.array([[0.0, -10], [10, 0]]))
    assert tuple(canvas.image[20, 27]) == BLUE
    assert tuple(canvas.image[20, 13]) == RED


@pytest.mark.parametrize('shape', ['ball', 'tube'])
def test_the_side_towards_the_light_is_brighter(shape):
    for angle, bright, dark in ((0, 27, 13), (180, 13, 27)):
        canvas = blank(light=Light(angle))
        canvas.draw_texture(SQUARE, plain_texture((100, 100, 100)), MIDDLE, FRAME, shape=shape)
        assert canvas.image[20, bright].sum() > canvas.image[20, dark].sum() + 30


def test_a_stamp_can_stay_inside_a_part():
    canvas = blank()
    canvas.draw_texture(SQUARE, plain_texture(RED), MIDDLE, FRAME, part_id=3)
    canvas.draw_texture(SQUARE + [10, 0], plain_texture(BLUE), MIDDLE, FRAME, within_part=3)
    assert tuple(canvas.image[20, 25]) == BLUE
    assert not canvas.image[20, 34].any()


def test_glaze_mixes_with_what_is_below():
    canvas = blank()
    canvas.fill_polygon(SQUARE, RED)
    canvas.tint(SQUARE, BLUE, 0.5)
    np.testing.assert_allclose(canvas.image[20, 20], mix_colours(RED, BLUE, 0.5), atol=1)


def test_small_and_degenerate_shapes_do_no_harm():
    canvas = blank()
    canvas.draw_texture(SQUARE * 0.1 + 20, plain_texture(RED), MIDDLE, FRAME * 0.1, part_id=2)
    assert canvas.part_map[22, 22] == 2
    canvas.draw_texture(SQUARE, plain_texture(BLUE), MIDDLE, np.zeros((2, 2)), part_id=4)
    assert not (canvas.part_map == 4).any()


@pytest.mark.parametrize('pattern', PATTERNS)
def test_patterns_use_both_colours(pattern):
    texture = pattern_texture(pattern, RED, BLUE)
    assert texture.shape == (TEXTURE_SIZE, TEXTURE_SIZE, 3)
    shares = (texture == RED).all(-1).mean(), (texture == BLUE).all(-1).mean()
    if pattern == 'plain':
        assert shares == (1, 0)
    elif pattern != 'mottled':  # which mixes them at every texel
        assert min(shares) > 0.2


def test_unknown_pattern_is_named():
    with pytest.raises(ValueError, match='tartan'):
        pattern_texture('tartan', RED, BLUE)


@pytest.mark.parametrize('size', [64, 700])
def test_grain_has_the_asked_deviation_and_no_bias(size, rng):
    grey = np.full((size, size, 3), 128, np.uint8)
    noise = add_noise(grey, 6, rng).astype(float) - 128
    assert abs(noise.mean()) < 0.3  # 6 / sqrt(64 * 64 * 3) = 0.05
    assert noise.std() == pytest.approx(6, rel=0.05)


def test_clouds_stay_near_one(rng):
    factors = smooth_noise((40, 60), 5, 0.2, rng) / 128
    assert factors.shape == (40, 60, 3)
    assert 0.79 < factors.min() < factors.max() <= 1.2  # whole numbers of 1 / 128


def test_figures_are_drawn_back_to_front_whatever_the_order():
    near, far = np.array([0, 0, -0.5]), np.array([0, 0, 0.5])
    for order in ((near, far), (far, near)):
        figure = Figure(View(20, MIDDLE), number=2)
        for centre in order:
            name, colour = ('near', RED) if centre is near else ('far', BLUE)
            figure.ellipsoid(name, centre, (0.5, 0.4, 0.3), np.eye(3), plain_texture(colour))
        canvas = blank(light=Light(strength=0))
        figure.draw(canvas)
        assert tuple(canvas.image[20, 20]) == RED
        assert figure.visible_parts_at(canvas, np.array([[20.0, 20], [0, 0], [-9, 400]])) == [
            'near',
            '',
            '',
        ]
        assert canvas.part_map[20, 20] // PARTS_PER_FIGURE == 2
        np.testing.assert_allclose(figure.extent, [10, 12, 30, 28], atol=1e-9)


def test_a_figure_does_not_claim_the_pixels_of_another():
    canvas = blank()
    figures = [Figure(View(20, MIDDLE), number) for number in (1, 2)]
    for figure in figures:
        figure.capsule(
            'arm',
            (np.array([-0.5, 0, 0]), np.array([0.5, 0, 0])),
            (0.2, 0.1),
            plain_texture(RED),
        )
        figure.draw(canvas)
    names = [figure.visible_parts_at(canvas, np.array([[20.0, 20.0]])) for figure in figures]
    assert names == [[''], ['arm']]


def test_too_many_parts_are_refused():
    figure = Figure(View(1, MIDDLE))
    for number in range(1, PARTS_PER_FIGURE):
        figure.part_id(f'scale {number}')
    with pytest.raises(ValueError, match='one too many'):
        figure.part_id('one too many')
