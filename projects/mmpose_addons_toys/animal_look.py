"""What a toy animal looks like: proportions and coat.

Lengths are in heights at the withers. Colours are (blue, green, red).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .choices import one_of, weighted
from .drawing import Colour, Image, T, mix, plain
from .textures import PATTERNS, cloth, palette

COATS = palette(
    '5a3a22 7b4a26 8f5a2c a86b36 4a2c1a c69c6d d9c3a0 3b3430 2a2522 8c8378 b9b0a4 e3ddd2'
)
NATURAL = {'plain': 3, 'mottled': 2, 'patches': 2, 'saddle': 1.5, 'stripes': 1}
_BLACK, _WHITE = (18, 18, 20), (232, 236, 238)


@dataclass(frozen=True)
class Build:
    """Proportions; factors of a middle-sized horse's unless told.

    Attributes:
        legs: Length of the legs.
        limbs: Thickness of the legs.
        trunk: Length of the trunk.
        girth: Thickness of the trunk.
        neck: Length of the neck.
        neck_girth: Thickness of the neck.
        head: Size of the head.
        snout: Length of the head in front of the eyes.
        ears: Length of the ears.
        hanging: Whether the ears hang.
        tail: Thickness of the tail.
        tail_lift: Degrees by which the tail is lifted.
        mane: Whether there is one.
    """

    legs: float = 1.0
    limbs: float = 1.0
    trunk: float = 1.0
    girth: float = 1.0
    neck: float = 1.0
    neck_girth: float = 1.0
    head: float = 1.0
    snout: float = 1.0
    ears: float = 1.0
    hanging: bool = False
    tail: float = 1.0
    tail_lift: float = 0.0
    mane: bool = True


BUILDS = {
    'horse': Build(),
    'pony': Build(legs=0.8, limbs=1.3, trunk=0.98, girth=1.14, neck=0.84, neck_girth=1.25,
                  head=1.1, tail=1.25),
    'racer': Build(legs=1.1, limbs=0.85, girth=0.88, neck=1.1, neck_girth=0.85, head=0.95,
                   tail=0.8),
    'dog': Build(legs=0.86, limbs=0.95, trunk=0.95, girth=0.8, neck=0.62, neck_girth=0.85,
                 head=0.95, snout=0.82, ears=1.3, hanging=True, tail=0.42, tail_lift=75,
                 mane=False),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """Everything about an animal but its pose and place; textures are (T, T, 3).

    Attributes:
        kind: A key of `BUILDS`.
        coat: Of the trunk.
        neck: Of the neck.
        limbs: Of the upper legs.
        socks: Of the legs below the knee.
        head: Of the head.
        hair: Of mane and tail.
        blaze: Of a stripe down the face, or None.
    """

    kind: str
    build: Build
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


def _varied(build: Build, spread: float, rng: np.random.Generator) -> Build:
    """The build with its lengths changed by up to `spread`."""
    lengths = {
        name: value * rng.uniform(1 - spread, 1 + spread)
        for name, value in vars(build).items()
        if isinstance(value, float)
    }
    return Build(**{**vars(build), **lengths})


def painted_look(rng: np.random.Generator) -> Look:
    """One and the same horse in random textures, as from a modelling program."""
    textures = []
    for _ in range(3):
        base, accent = (tuple(colour) for colour in rng.integers(20, 236, (2, 3)).tolist())
        accent = mix(base, accent, rng.uniform(0.2, 1))
        pattern = one_of(PATTERNS, rng)
        textures.append(cloth(pattern, base, accent, int(rng.integers(4, 13))))
    if rng.random() < 0.6:  # all of one texture
        textures = textures[:1] * 3
    coat, limbs, hair = textures
    return Look(
        kind='horse',
        build=_varied(BUILDS['horse'], 0.03, rng),
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


def natural_look(kinds: Mapping[str, float], rng: np.random.Generator) -> Look:
    """An animal as bred; kinds are shares of the `BUILDS`."""
    kind = weighted(kinds, rng)
    base = one_of(COATS, rng)
    second = one_of((_WHITE, _BLACK, *COATS), rng)
    while sum(abs(p - q) for p, q in zip(base, second, strict=True)) < 120:
        second = one_of((_WHITE, _BLACK, *COATS), rng)
    pattern = weighted(NATURAL, rng)
    coat = _coat(pattern, base, second, rng)
    other = coat if pattern in ('patches', 'mottled', 'stripes') else plain(base)
    light = mix(base, _WHITE, 0.75)
    dark = mix(base, _BLACK, 0.75)
    hair = plain(one_of((dark, dark, light, base), rng))
    return Look(
        kind=kind,
        build=_varied(BUILDS[kind], 0.05, rng),
        coat=coat,
        neck=other,
        limbs=plain(base),
        socks=plain(one_of((base, light, dark, dark), rng)),
        head=plain(mix(base, _BLACK, rng.uniform(0, 0.25))),
        muzzle=plain(one_of((base, dark, light), rng)),
        hair=hair,
        hooves=plain(one_of((_BLACK, mix(light, _BLACK, 0.3)), rng)),
        eyes=(12, 12, 16),
        blaze=_WHITE if rng.random() < 0.4 else None,
    )


def _coat(pattern: str, base: Colour, second: Colour, rng: np.random.Generator) -> Image:
    """A coat whose y axis runs from the chest to the rump, x from back to belly."""
    if pattern in ('plain', 'mottled'):
        return cloth(pattern, base, mix(base, second, 0.35))
    texture = plain(base).copy()
    y, x = np.mgrid[:T, :T]
    if pattern == 'patches':
        for centre in rng.uniform(0, T, (4, 2)):
            reach = rng.uniform(3, 8, 2)
            inside = ((x - centre[0]) / reach[0]) ** 2 + ((y - centre[1]) / reach[1]) ** 2 < 1
            texture[inside] = second
    elif pattern == 'saddle':
        texture[abs(y - T / 2) < rng.uniform(6, 11)] = mix(base, second, 0.7)
    else:
        wave = 1.2 * np.sin(x / 3 + rng.uniform(0, 6))
        texture[(y + wave) % 6 < 2] = mix(base, _BLACK, 0.7)
    return texture
