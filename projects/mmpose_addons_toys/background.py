"""Draw backgrounds: outdoors, a street, a room, and random clutter.

Lengths are in image px, as shares of the image's side ``size``. ``horizon`` is the y at which
the ground or the floor begins. Colours are (blue, green, red).
"""

import cv2
import numpy as np

from .choices import choose
from .drawing import Canvas, Colour, Image, mix_colours
from .geometry import Array, capsule_outline
from .objects import COLOURS, WOODS, ObjectDrawer, ball, bush, crate, plant, pole, tree
from .textures import PATTERNS, colours_from_hex, pattern_texture, smooth_noise

SKIES = colours_from_hex(
    '8ecae6 bde0fe a2d2ff ffd6a5 fec89a cdb4db e0fbfc 6c8ead 31456a f9dcc4'
)
GROUNDS = colours_from_hex(
    '95a97f 7a9e5f a3b18a c2a878 d4b483 b5a48b 8d8a82 6b705c e9edc9 b7b7a4'
)
WALLS = colours_from_hex(
    'f2e8cf e9d8a6 ddbea9 cad2c5 b8c0ff c9ada7 a3b1c6 d6ccc2 84a59d 6d7a94'
)
FLOORS = colours_from_hex(
    'b08968 9c6644 7f5539 a5a58d cb997e 6b705c adb5bd ddb892 5c5470 8d99ae'
)
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def _gradient(image: Image, top: Colour, bottom: Colour) -> None:
    """Fill an (H, W, 3) region with colours that change from top to bottom."""
    share = np.linspace(0, 1, len(image))[:, None, None]
    column = np.add(top, share * np.subtract(bottom, top)).astype(np.uint8)
    height, width = image.shape[:2]
    image[:] = cv2.resize(column, (width, height), interpolation=cv2.INTER_NEAREST)


def _rectangle(canvas: Canvas, x: float, y: float, w: float, h: float, colour: Colour) -> None:
    """Fill a rectangle whose upper left corner is (x, y)."""
    corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
    canvas.fill_polygon(corners, colour)


def _vary_brightness(colour: Colour, rng: np.random.Generator, share: float = 0.3) -> Colour:
    """Return the colour, made lighter or darker at random by up to ``share``."""
    amount = rng.uniform(-share, share)
    return mix_colours(colour, _WHITE if amount > 0 else _BLACK, abs(amount))


def _ellipse(centre: tuple[float, float], width: float, height: float) -> Array:
    """Return (24, 2) points on an ellipse with the given half axes."""
    unit = capsule_outline(np.zeros(2), np.zeros(2), 1, 1)[:24]
    return unit * (width, height) + centre


def draw_background(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a random scene over the whole canvas."""
    size = len(canvas.image)
    horizon = size * rng.uniform(0.45, 0.75)
    scene = choose((_outdoors, _outdoors, _street, _room, _room, _clutter), rng)
    scene(canvas, horizon, rng)
    light = smooth_noise(canvas.part_map.shape, 5, rng.uniform(0.03, 0.18), rng)
    cv2.multiply(canvas.image, light, canvas.image, scale=1 / 128)
    canvas.part_map[:] = 0  # the background hides no keypoints


def _draw_objects(
    canvas: Canvas,
    horizon: float,
    rng: np.random.Generator,
    drawers: tuple[ObjectDrawer, ...],
    counts: tuple[int, int],
    distances: tuple[float, float],
    heights: tuple[float, float],
) -> None:
    """Draw objects at random positions on the ground.

    Args:
        canvas: To draw on.
        horizon: y of the ground's upper border.
        rng: Source of the random values.
        drawers: Functions that draw an object; one is chosen for each object.
        counts: Minimum number of objects, and maximum plus 1.
        distances: Minimum and maximum of an object's foot below the horizon, as shares of the
            image's side.
        heights: Minimum and maximum height of an object, as shares of the image's side.
    """
    size = len(canvas.image)
    for _ in range(int(rng.integers(*counts))):
        draw = choose(drawers, rng)
        y = horizon + rng.uniform(*distances) * size
        draw(canvas, rng.uniform(0, size), y, rng.uniform(*heights) * size, rng)


def _outdoors(canvas: Canvas, horizon: float, rng: np.random.Generator) -> None:
    """Draw sky, sun, clouds, hills, trees and bushes."""
    size = len(canvas.image)
    edge = round(horizon)
    sky = choose(SKIES, rng)
    _gradient(canvas.image[:edge], _vary_brightness(sky, rng), mix_colours(sky, _WHITE, 0.45))
    ground = choose(GROUNDS, rng)
    _gradient(canvas.image[edge:], ground, mix_colours(ground, _BLACK, 0.3))
    if rng.random() < 0.4:
        centre = rng.uniform(0, size), rng.uniform(0, 0.5 * horizon)
        canvas.fill_polygon(_ellipse(centre, 0.06 * size, 0.06 * size), (190, 240, 255))
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(0, size), rng.uniform(0.05, 0.6) * horizon
        for shift in (-0.06, 0, 0.07):
            puff = _ellipse((x + shift * size, y), 0.07 * size, 0.03 * size)
            canvas.fill_polygon(puff, mix_colours(sky, _WHITE, 0.7))
    across = np.linspace(0, size, 24)
    for depth in (0.75, 0.4)[: int(rng.integers(0, 3))]:
        height = rng.uniform(0.04, 0.22) * size
        waves = 1 + np.sin(across / size * rng.uniform(4, 9) + rng.uniform(0, 6))
        ridge = np.column_stack([across, horizon - depth * height * waves])
        foot = [[size, horizon + 1], [0, horizon + 1]]
        hill = mix_colours(_vary_brightness(ground, rng), sky, depth * 0.6)
        canvas.fill_polygon(np.concatenate([ridge, foot]), hill)
    _draw_objects(
        canvas, horizon, rng, (tree, tree, bush, pole), (1, 5), (0, 0.12), (0.15, 0.7)
    )


def _street(canvas: Canvas, horizon: float, rng: np.random.Generator) -> None:
    """Draw houses with windows, a pavement and posts."""
    size = len(canvas.image)
    edge = round(horizon)
    sky = choose(SKIES, rng)
    _gradient(canvas.image[:edge], sky, mix_colours(sky, _WHITE, 0.4))
    pavement = choose(GROUNDS + FLOORS, rng)
    _gradient(canvas.image[edge:], pavement, mix_colours(pavement, _BLACK, 0.25))
    x = rng.uniform(-0.2, 0) * size
    while x < size:
        width, height = rng.uniform(0.2, 0.45) * size, rng.uniform(0.4, 1.1) * horizon
        wall = _vary_brightness(choose(WALLS + COLOURS, rng), rng)
        _rectangle(canvas, x, horizon - height, width, height, wall)
        glass = mix_colours(choose(SKIES, rng), _BLACK, rng.uniform(0, 0.6))
        columns = int(rng.integers(2, 5))
        cell = width / columns
        for column in range(columns):
            for row in range(int(height / (1.4 * cell))):
                left = x + (column + 0.25) * cell
                top = horizon - height + (1.4 * row + 0.4) * cell
                _rectangle(canvas, left, top, 0.5 * cell, 0.75 * cell, glass)
        x += width
    _draw_objects(
        canvas, horizon, rng, (pole, pole, tree, bush, crate), (0, 4), (0, 0.1), (0.2, 0.6)
    )


def _room(canvas: Canvas, horizon: float, rng: np.random.Generator) -> None:
    """Draw a wall, a floor, pictures and furniture."""
    size = len(canvas.image)
    edge = round(horizon)
    wall = _vary_brightness(choose(WALLS, rng), rng, 0.2)
    if rng.random() < 0.5:
        _gradient(canvas.image[:edge], mix_colours(wall, _WHITE, 0.15), wall)
    else:
        pattern = choose(PATTERNS[1:], rng)
        paper = pattern_texture(
            pattern, wall, _vary_brightness(wall, rng, 0.35), int(rng.integers(4, 17))
        )
        _tile(canvas.image[:edge], paper)
    floor = _vary_brightness(choose(FLOORS, rng), rng, 0.2)
    _gradient(canvas.image[edge:], mix_colours(floor, _BLACK, 0.2), floor)
    if rng.random() < 0.5:
        centre = rng.uniform(0.3, 0.7) * size
        for x in np.linspace(-size, 2 * size, int(rng.integers(9, 20))):
            board = np.array([[centre + 0.5 * (x - centre), horizon], [x, size]])
            canvas.draw_line(board, mix_colours(floor, _BLACK, 0.3))
    else:
        rug = _ellipse(
            (rng.uniform(0.2, 0.8) * size, (horizon + size) / 2),
            rng.uniform(0.2, 0.5) * size,
            0.35 * (size - horizon),
        )
        canvas.fill_polygon(rug, choose(COLOURS, rng))
    skirting = mix_colours(wall, _WHITE if rng.random() < 0.5 else _BLACK, 0.5)
    _rectangle(canvas, -1, horizon - 0.015 * size, size + 2, 0.03 * size, skirting)
    for _ in range(int(rng.integers(0, 4))):
        w, h = rng.uniform(0.1, 0.3, 2) * size
        x, y = rng.uniform(-0.05, 0.9) * size, rng.uniform(0.02, 0.5) * horizon
        frame = choose(WOODS + COLOURS, rng)
        _rectangle(canvas, x, y, w, h, frame)
        _rectangle(canvas, x + 3, y + 3, w - 6, h - 6, choose(SKIES + COLOURS, rng))
        if rng.random() < 0.6:
            spot = _ellipse((x + w / 2, y + 0.6 * h), 0.25 * w, 0.3 * h)
            canvas.fill_polygon(spot, choose(COLOURS + SKIES, rng))
    _draw_objects(
        canvas,
        horizon,
        rng,
        (plant, crate, crate, ball, pole),
        (0, 4),
        (0.02, 0.12),
        (0.12, 0.45),
    )


def _clutter(canvas: Canvas, horizon: float, rng: np.random.Generator) -> None:
    """Draw random shapes, many of them similar to limbs, over a gradient."""
    size = len(canvas.image)
    _gradient(
        canvas.image,
        _vary_brightness(choose(WALLS + COLOURS, rng), rng),
        _vary_brightness(choose(FLOORS + GROUNDS, rng), rng),
    )
    for _ in range(int(rng.integers(5, 11))):
        start = rng.uniform(0, size, 2)
        direction = rng.uniform(0, 2 * np.pi)
        along = np.array([np.cos(direction), np.sin(direction)]) * rng.uniform(0.1, 0.4) * size
        wide = rng.uniform(0.015, 0.06) * size
        outline = capsule_outline(start, start + along, wide, wide * 0.7)
        colour = _vary_brightness(choose(COLOURS + WALLS + FLOORS, rng), rng)
        across = np.array([-along[1], along[0]]) * (wide / np.hypot(*along))
        frame = np.column_stack([across, along / 2])
        pattern = choose(PATTERNS, rng)
        texture = pattern_texture(pattern, colour, choose(COLOURS, rng))
        shape = 'tube' if rng.random() < 0.7 else 'flat'
        canvas.draw_texture(outline, texture, start + along / 2, frame, shape=shape)
    for _ in range(int(rng.integers(1, 4))):
        draw = choose((ball, crate, bush, plant), rng)
        x, y = rng.uniform(0, size, 2).tolist()
        draw(canvas, x, y, rng.uniform(0.1, 0.3) * size, rng)


def _tile(image: Image, texture: Image) -> None:
    """Fill an (H, W, 3) region with repetitions of a texture."""
    rows, columns = (-(-n // len(texture)) for n in image.shape[:2])
    image[:] = np.tile(texture, (rows, columns, 1))[: image.shape[0], : image.shape[1]]


def draw_shadow(canvas: Canvas, x: float, y: float, width: float) -> None:
    """Draw a soft shadow on the ground around (x, y), ``width`` px to either side."""
    for share in (1.0, 0.65):
        shadow = _ellipse((x, y), width * share, width * share * 0.28)
        canvas.tint(shadow, (30, 20, 20), 0.22)
