"""Backgrounds of toy animals, objects in front of them, and uneven light."""

import cv2
import numpy as np

from .background import draw_background
from .choices import choose
from .drawing import Canvas, Colour, Image, fixed_point
from .geometry import Array, capsule_outline
from .objects import OCCLUDERS, WOODS
from .textures import PATTERNS, pattern_texture, smooth_noise

_BACKGROUND_SCALE = 1.4  # side of a video's background, in sides of the image


def texture_background(size: int, rng: np.random.Generator) -> Image:
    """Return a (size, size, 3) background of random patterns and shapes."""
    if rng.random() < 0.4:
        base, accent = (tuple(colour) for colour in rng.integers(0, 256, (2, 3)).tolist())
        texture = pattern_texture(
            choose(PATTERNS[1:], rng), base, accent, int(rng.integers(4, 17))
        )
        transform = cv2.getRotationMatrix2D((0, 0), rng.uniform(0, 90), rng.uniform(1, 4))
        image = cv2.warpAffine(texture, transform, (size, size), borderMode=cv2.BORDER_WRAP)
    else:
        grid = rng.integers(0, 256, (*rng.integers(3, 14, 2), 3), np.uint8)
        interpolation = choose((cv2.INTER_CUBIC, cv2.INTER_NEAREST), rng)
        image = cv2.resize(grid, (size, size), interpolation=interpolation)
    canvas = Canvas(image)
    for _ in range(int(rng.integers(0, 7))):
        ends = rng.uniform(0, size, (2, 2))
        radii = rng.uniform(0.01, 0.08, 2) * size
        b, g, r = rng.integers(0, 256, 3).tolist()
        hull = cv2.convexHull(fixed_point(capsule_outline(*ends, *radii)))
        cv2.fillConvexPoly(canvas.image, hull, (b, g, r), cv2.LINE_AA, 4)
    haze = np.full_like(image, rng.integers(0, 256, 3))
    share = rng.uniform(0, 0.8)
    return cv2.addWeighted(image, 1 - share, haze, share, 0)


def scene_background(size: int, rng: np.random.Generator) -> Image:
    """Return a random scene, larger than the image, from which a moving camera takes crops."""
    side = round(_BACKGROUND_SCALE * size)
    image = np.empty((side, side, 3), np.uint8)
    draw_background(Canvas(image), rng)
    return image


def crop_background(background: Image, size: int, shift: Array) -> Image:
    """Return the (size, size, 3) part of the background that the camera sees.

    ``shift`` is how far the background has moved in the image, in px.
    """
    x, y = ((size - len(background)) / 2 + shift).tolist()
    move = np.array([[1, 0, x], [0, 1, y]])
    return cv2.warpAffine(background, move, (size, size), borderMode=cv2.BORDER_REPLICATE)


def draw_occluder(canvas: Canvas, shift: Array, floor: float, rng: np.random.Generator) -> None:
    """Draw a fence or an object in front of the animal, in 55 % of the videos.

    Args:
        canvas: To draw on.
        shift: (2,) how far the background has moved in the image, in px.
        floor: y of the ground below the animal, in px.
        rng: Source of the random values.
    """
    size = len(canvas.image)
    draw = rng.random()
    if draw < 0.18:
        _fence(canvas, shift[0], floor, choose(WOODS, rng), rng)
    elif draw < 0.55:
        x = rng.uniform(0.1, 0.9) * size + shift[0]
        y = floor + rng.uniform(0.02, 0.1) * size
        choose(OCCLUDERS, rng)(canvas, x, y, rng.uniform(0.2, 0.45) * size, rng)


def _fence(
    canvas: Canvas, shift: float, floor: float, colour: Colour, rng: np.random.Generator
) -> None:
    """Draw a fence; ``shift`` (px) moves it horizontally, ``floor`` is the y of the ground."""
    size = len(canvas.image)
    thick, height = rng.uniform(0.012, 0.022) * size, rng.uniform(0.2, 0.34) * size
    gap, start = rng.uniform(0.35, 0.6) * size, rng.uniform(0, 0.4) * size
    foot = floor + 0.04 * size
    for share in (1.0, 0.5)[: int(rng.integers(1, 3))]:
        y = foot - share * height
        rail = np.array([[-1, y], [size, y], [size, y + thick], [-1, y + thick]])
        canvas.fill_polygon(rail, colour, part_id=1)
    for number in range(-2, 4):
        x = start + number * gap + shift
        post = np.array([[x, foot], [x, foot - 1.1 * height]])
        post = np.concatenate([post, post[::-1] + [1.3 * thick, 0]])
        canvas.fill_polygon(post, colour, part_id=1)


def add_uneven_light(image: Image, rng: np.random.Generator) -> None:
    """Multiply an image in place with smooth random light and shadow."""
    light = smooth_noise(image.shape[:2], int(rng.integers(4, 10)), rng.uniform(0.2, 0.55), rng)
    cv2.multiply(image, light, image, scale=1 / 128)
