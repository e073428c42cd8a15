"""The appearance of a toy animal: proportions and coat.

Letters: T = ``drawing.TEXTURE_SIZE``. Lengths are in heights at the withers. Colours are (blue,
green, red).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .animal_features import Features
from .choices import choose, choose_weighted
from .drawing import TEXTURE_SIZE, Colour, Image, mix_colours, plain_texture
from .textures import PATTERNS, colours_from_hex, pattern_texture

COATS = colours_from_hex(
    '5a3a22 7b4a26 8f5a2c a86b36 4a2c1a c69c6d d9c3a0 3b3430 2a2522 8c8378 b9b0a4 e3ddd2'
)
COAT_PATTERN_WEIGHTS = {'plain': 3, 'mottled': 2, 'patches': 2, 'saddle': 1.5, 'stripes': 1}
"""Sampling weights of the coat patterns."""

_BLACK, _WHITE = (18, 18, 20), (232, 236, 238)


@dataclass(frozen=True)
class Proportions:
    """Proportions of an animal, as factors of those of a medium-sized horse.

    Attributes:
        leg_length: Length of the legs.
        leg_thickness: Thickness of the legs.
        trunk_length: Length of the trunk.
        trunk_girth: Thickness of the trunk.
        neck_length: Length of the neck.
        neck_girth: Thickness of the neck.
        head_size: Size of the head.
        snout_length: Length of the head in front of the eyes.
        ear_length: Length of the ears.
        hanging_ears: Whether the ears hang down.
        tail_thickness: Thickness of the tail.
        tail_lift: Angle by which the tail is lifted, in degrees.
        mane: Whether the animal has a mane.
    """

    leg_length: float = 1.0
    leg_thickness: float = 1.0
    trunk_length: float = 1.0
    trunk_girth: float = 1.0
    neck_length: float = 1.0
    neck_girth: float = 1.0
    head_size: float = 1.0
    snout_length: float = 1.0
    ear_length: float = 1.0
    hanging_ears: bool = False
    tail_thickness: float = 1.0
    tail_lift: float = 0.0
    mane: bool = True


PROPORTIONS = {
    'horse': Proportions(),
    'pony': Proportions(
        leg_length=0.8,
        leg_thickness=1.3,
        trunk_length=0.98,
        trunk_girth=1.14,
        neck_length=0.84,
        neck_girth=1.25,
        head_size=1.1,
        tail_thickness=1.25,
    ),
    'racer': Proportions(
        leg_length=1.1,
        leg_thickness=0.85,
        trunk_girth=0.88,
        neck_length=1.1,
        neck_girth=0.85,
        head_size=0.95,
        tail_thickness=0.8,
    ),
    'dog': Proportions(
        leg_length=0.86,
        leg_thickness=0.95,
        trunk_length=0.95,
        trunk_girth=0.8,
        neck_length=0.62,
        neck_girth=0.85,
        head_size=0.95,
        snout_length=0.82,
        ear_length=1.3,
        hanging_ears=True,
        tail_thickness=0.42,
        tail_lift=75,
        mane=False,
    ),
}


@dataclass(frozen=True)
class AnimalAppearance:
    """The appearance of an animal, without pose and position. Textures are (T, T, 3).

    Attributes:
        kind: A key of ``PROPORTIONS``.
        proportions: Of this animal.
        coat: Texture of the trunk.
        neck: Texture of the neck.
        limbs: Texture of the upper legs.
        socks: Texture of the legs below the knee.
        head: Texture of the head.
        muzzle: Texture of the muzzle.
        hair: Texture of mane and tail.
        hooves: Texture of the hooves.
        eyes: Colour of the eyes.
        blaze: Colour of a stripe down the face, or None.
        features: Shape of parts and posture.
    """

    kind: str
    proportions: Proportions
    coat: Image
    neck: Image
    limbs: Image
    socks: Image
    head: Image
    muzzle: Image
    hair: Image
    hooves: Image
    eyes: Colour
    blaze: Colour | None
    features: Features = field(default_factory=Features)


def vary_proportions(
    proportions: Proportions, spread: float, rng: np.random.Generator
) -> Proportions:
    """Multiply each proportion by a random factor of 1 - spread to 1 + spread."""
    lengths = {
        name: value * rng.uniform(1 - spread, 1 + spread)
        for name, value in vars(proportions).items()
        if isinstance(value, float)
    }
    return Proportions(**{**vars(proportions), **lengths})


def synthetic_appearance(rng: np.random.Generator) -> AnimalAppearance:
    """Return a horse in random textures, as in rendered data sets."""
    textures = []
    for _ in range(3):
        base, accent = (tuple(colour) for colour in rng.integers(20, 236, (2, 3)).tolist())
        accent = mix_colours(base, accent, rng.uniform(0.2, 1))
        pattern = choose(PATTERNS, rng)
        textures.append(pattern_texture(pattern, base, accent, int(rng.integers(4, 13))))
    if rng.random() < 0.6:  # the same texture everywhere
        textures = textures[:1] * 3
    coat, limbs, hair = textures
    return AnimalAppearance(
        kind='horse',
        proportions=vary_proportions(PROPORTIONS['horse'], 0.03, rng),
        coat=coat,
        neck=coat,
        limbs=limbs,
        socks=limbs,
        head=coat,
        muzzle=coat,
        hair=hair,
        hooves=hair,
        eyes=(20, 20, 20),
        blaze=None,
    )


def natural_appearance(
    weights: Mapping[str, float], rng: np.random.Generator
) -> AnimalAppearance:
    """Return an animal with a natural coat.

    ``weights`` are sampling weights of the keys of ``PROPORTIONS``.
    """
    kind = choose_weighted(weights, rng)
    base = choose(COATS, rng)
    second = choose((_WHITE, _BLACK, *COATS), rng)
    while sum(abs(p - q) for p, q in zip(base, second, strict=True)) < 120:
        second = choose((_WHITE, _BLACK, *COATS), rng)
    pattern = choose_weighted(COAT_PATTERN_WEIGHTS, rng)
    coat = coat_texture(pattern, base, second, rng)
    other = coat if pattern in ('patches', 'mottled', 'stripes') else plain_texture(base)
    light = mix_colours(base, _WHITE, 0.75)
    dark = mix_colours(base, _BLACK, 0.75)
    hair = plain_texture(choose((dark, dark, light, base), rng))
    return AnimalAppearance(
        kind=kind,
        proportions=vary_proportions(PROPORTIONS[kind], 0.05, rng),
        coat=coat,
        neck=other,
        limbs=plain_texture(base),
        socks=plain_texture(choose((base, light, dark, dark), rng)),
        head=plain_texture(mix_colours(base, _BLACK, rng.uniform(0, 0.25))),
        muzzle=plain_texture(choose((base, dark, light), rng)),
        hair=hair,
        hooves=plain_texture(choose((_BLACK, mix_colours(light, _BLACK, 0.3)), rng)),
        eyes=(12, 12, 16),
        blaze=_WHITE if rng.random() < 0.4 else None,
    )


def coat_texture(pattern: str, base: Colour, second: Colour, rng: np.random.Generator) -> Image:
    """Return the (T, T, 3) texture of a coat.

    Its y axis runs from the chest to the rump, its x axis from the back to the belly.
    """
    if pattern in ('plain', 'mottled'):
        return pattern_texture(pattern, base, mix_colours(base, second, 0.35))
    texture = plain_texture(base).copy()
    y, x = np.mgrid[:TEXTURE_SIZE, :TEXTURE_SIZE]
    if pattern == 'patches':
        for centre in rng.uniform(0, TEXTURE_SIZE, (4, 2)):
            reach = rng.uniform(3, 8, 2)
            inside = ((x - centre[0]) / reach[0]) ** 2 + ((y - centre[1]) / reach[1]) ** 2 < 1
            texture[inside] = second
    elif pattern == 'saddle':
        texture[abs(y - TEXTURE_SIZE / 2) < rng.uniform(6, 11)] = mix_colours(base, second, 0.7)
    else:
        wave = 1.2 * np.sin(x / 3 + rng.uniform(0, 6))
        texture[(y + wave) % 6 < 2] = mix_colours(base, _BLACK, 0.7)
    return texture
