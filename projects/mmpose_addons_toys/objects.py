"""Draw objects in front of figures, behind them, or under them.

Each of the drawing functions draws one object that stands on the ground at (x, y) in image px
and is about ``size`` px tall. Objects are drawn as figure number 0, so they hide the figures
behind them.
"""

from collections.abc import Callable

import numpy as np

from .choices import choose
from .drawing import Canvas, Colour, Image, mix_colours, plain_texture
from .figure import Figure
from .geometry import Array, View
from .textures import PATTERNS, colours_from_hex, pattern_texture

COLOURS = colours_from_hex(
    'e07a5f 3d405b 81b29a f2cc8f 9c6644 7f5539 b08968 6c757d adb5bd 343a40 '
    '2a6f97 61a5c2 d8572a c32f27 f7b538 588157 386641 a7c957 bc4749 e5989b'
)
WOODS = colours_from_hex('5c4033 6f4e37 8b5a2b a0522d 7f5539 b08968')
LEAVES = colours_from_hex('2d6a4f 40916c 52796f 386641 6a994e 588157 84a98c 9a8c2c')
_BLACK = (0, 0, 0)
_UPRIGHT = np.eye(3)

ObjectDrawer = Callable[[Canvas, float, float, float, np.random.Generator], None]


def _standing_figure(x: float, y: float, size: float) -> Figure:
    """Return a figure whose unit is its height and whose origin is on the ground."""
    return Figure(View(size, np.array([x, y])), number=0)


def _point(x: float, y: float, z: float = 0.0) -> Array:
    """Return a (3,) point."""
    return np.array([x, y, z])


def crate(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a box; its lid and two sides are visible."""
    wide, deep = rng.uniform(0.35, 0.8, 2) * size
    rise = 0.22 * deep
    colour = choose(COLOURS + WOODS, rng)
    corner = rng.uniform(-0.4, 0.4) * wide  # x of the vertical edge between the two sides
    left, right = x - wide / 2, x + wide / 2
    middle, top = x + corner, y - size
    faces = (
        ([left, middle, middle, left], [y - rise, y, top + rise, top], 0.0),
        ([middle, right, right, middle], [y, y - rise, top, top + rise], 0.3),
        ([left, middle, right, x - corner], [top, top + rise, top, top - rise], -0.2),
    )
    for xs, ys, shade in faces:
        towards = _BLACK if shade > 0 else (255, 255, 255)
        outline = np.column_stack([xs, ys])
        canvas.fill_polygon(outline, mix_colours(colour, towards, abs(shade)), part_id=1)


def ball(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a ball with a pattern."""
    texture = _random_texture(rng, COLOURS)
    figure = _standing_figure(x, y, size)
    figure.ellipsoid('ball', _point(0, -0.5), (0.5, 0.5, 0.5), _UPRIGHT, texture)
    figure.draw(canvas)


def pole(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a patterned or plain post, in two of three cases with a lamp or a sign."""
    texture = _random_texture(rng, COLOURS)
    thick = rng.uniform(0.02, 0.05)
    top = _point(rng.normal(0, 0.03), -1)
    figure = _standing_figure(x, y, size)
    figure.capsule('pole', (_point(0, 0), top), (thick, 0.8 * thick), texture)
    kind = rng.integers(3)
    if kind == 0:
        lamp = plain_texture((190, 230, 250))
        figure.ellipsoid('lamp', top, (0.07, 0.07, 0.07), _UPRIGHT, lamp)
    elif kind == 1:
        sign = plain_texture(choose(COLOURS, rng))
        figure.ellipsoid('sign', top, (0.13, 0.13, 0.01), _UPRIGHT, sign)
    figure.draw(canvas)


def bush(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a pile of leaves."""
    figure = _standing_figure(x, y, size)
    colour = choose(LEAVES, rng)
    texture = pattern_texture('mottled', colour, mix_colours(colour, (40, 90, 60), 0.6))
    count = int(rng.integers(4, 8))
    for place, height in zip(
        rng.uniform(-0.45, 0.45, count), rng.uniform(-0.7, -0.2, count), strict=True
    ):
        radius = rng.uniform(0.2, 0.34)
        centre = _point(place, height, height)
        figure.ellipsoid('leaf', centre, (radius, radius, radius), _UPRIGHT, texture)
    figure.draw(canvas)


def tree(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a trunk with branches, bare or with leaves."""
    figure = _standing_figure(x, y, size)
    bark = choose(WOODS, rng)
    texture = pattern_texture('mottled', bark, mix_colours(bark, _BLACK, 0.4))
    fork = _point(rng.normal(0, 0.04), -rng.uniform(0.4, 0.6))
    thick = rng.uniform(0.035, 0.06)
    figure.capsule('trunk', (_point(0, 0), fork), (thick, 0.7 * thick), texture)
    leaf = choose(LEAVES, rng)
    foliage = pattern_texture('mottled', leaf, mix_colours(leaf, (60, 160, 130), 0.5))
    bare = rng.random() < 0.4
    for angle in rng.uniform(-65, 65, int(rng.integers(3, 7))):
        reach = rng.uniform(0.25, 0.45)
        direction = np.deg2rad(angle)
        tip = fork + _point(reach * np.sin(direction), -reach * np.cos(direction), -0.01)
        figure.capsule('branch', (fork, tip), (0.6 * thick, 0.3 * thick), texture)
        if not bare:
            figure.ellipsoid('leaf', tip, (0.17, 0.14, 0.17), _UPRIGHT, foliage)
    figure.draw(canvas)


def plant(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a pot with long leaves."""
    figure = _standing_figure(x, y, size)
    leaf = plain_texture(choose(LEAVES, rng))
    for angle in rng.uniform(-60, 60, int(rng.integers(4, 8))):
        direction = np.deg2rad(angle)
        tip = _point(0.65 * np.sin(direction), -0.3 - 0.65 * np.cos(direction), -0.1)
        ends = _point(0, -0.3), tip
        figure.capsule('leaf', ends, (0.03, 0.07), leaf)
    rim, foot = _point(0, -0.32), _point(0, -0.06)
    clay = plain_texture(choose(COLOURS, rng))
    pot = [(rim, (0.2, 0.05, 0.2), _UPRIGHT), (foot, (0.13, 0.04, 0.13), _UPRIGHT)]
    figure.hull('pot', pot, clay, depth=-1)
    figure.draw(canvas)


def table(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Draw a table top on two legs."""
    wide = rng.uniform(0.5, 1.1)
    texture = plain_texture(choose(WOODS + COLOURS, rng))
    figure = _standing_figure(x, y, size)
    for sign in (-1, 1):
        ends = _point(sign * 0.8 * wide, -0.95), _point(sign * 0.8 * wide, 0)
        figure.capsule('leg', ends, (0.045, 0.035), texture)
    top = _point(-wide, -0.95, -0.1), _point(wide, -0.95, -0.1)
    figure.capsule('top', top, (0.07, 0.07), texture)
    figure.draw(canvas)


def stool(colour: Colour, view: View, seat: Array, floor: float) -> Figure:
    """Return a round stool for a sitting person.

    Args:
        colour: Colour of the stool.
        view: View of the sitting figure.
        seat: (3,) middle of the seat in that figure's frame.
        floor: y of the ground in that frame.
    """
    figure = Figure(view, number=0)
    x, y, z = seat.tolist()
    foot, under = np.array([x, floor, z]), np.array([x, y, z])
    texture = plain_texture(colour)
    figure.capsule('leg', (foot, under), (0.02, 0.02), texture, nearer=-0.02)
    figure.ellipsoid('foot', foot, (0.085, 0.016, 0.085), _UPRIGHT, texture, depth=z)
    figure.ellipsoid('seat', under, (0.11, 0.028, 0.11), _UPRIGHT, texture, depth=z)
    return figure


def _random_texture(rng: np.random.Generator, colours: list[Colour]) -> Image:
    """Return a texture of a random pattern and two of the colours."""
    base, accent = choose(colours, rng), choose(colours, rng)
    return pattern_texture(choose(PATTERNS, rng), base, accent, int(rng.integers(6, 13)))


OCCLUDERS: tuple[ObjectDrawer, ...] = (crate, ball, pole, bush, plant, table)
