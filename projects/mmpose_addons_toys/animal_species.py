"""Species of toy animals: one skeleton with other proportions, heads and coats.

Letters: T = ``drawing.TEXTURE_SIZE``. Colours are (blue, green, red). The y axis of a coat's
texture runs from the chest to the rump, its x axis from the back to the belly.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .animal_appearance import (
    PROPORTIONS,
    AnimalAppearance,
    Proportions,
    coat_texture,
    vary_proportions,
)
from .animal_features import Features
from .choices import choose
from .drawing import TEXTURE_SIZE, Colour, Image, mix_colours, plain_texture
from .textures import colours_from_hex, pattern_texture

_BLACK, _WHITE = (18, 18, 20), (232, 236, 238)
Coat = Callable[[Colour, np.random.Generator], Image]


@dataclass(frozen=True)
class Species:
    """What the animals of a species have in common.

    Attributes:
        proportions: Mean of the species.
        features: Shape of parts and posture.
        colours: Of coats.
        coat: Makes the texture of the trunk of a colour.
        mask: Share of black in the colour of the head, lowest and highest.
        socks: Shares of black in the colour of the lower legs, one of which is chosen.
        muzzle: Share of black in the colour of the muzzle; negative: of white.
    """

    proportions: Proportions
    features: Features
    colours: list[Colour]
    coat: Coat
    mask: tuple[float, float] = (0.0, 0.2)
    socks: tuple[float, ...] = (0.0, 0.6)
    muzzle: float = 0.5


def _texels() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:TEXTURE_SIZE, :TEXTURE_SIZE]
    return y, x


def _horse_coat(base: Colour, rng: np.random.Generator) -> Image:
    pattern = choose(('plain', 'plain', 'mottled', 'patches'), rng)
    return coat_texture(pattern, base, _WHITE, rng)


def _dog_coat(base: Colour, rng: np.random.Generator) -> Image:
    other = choose((_BLACK, _WHITE), rng)
    return coat_texture(choose(('plain', 'saddle', 'patches'), rng), base, other, rng)


def _wool(base: Colour, rng: np.random.Generator) -> Image:
    return pattern_texture('mottled', base, mix_colours(base, _BLACK, rng.uniform(0.1, 0.3)))


def _antelope_coat(base: Colour, rng: np.random.Generator) -> Image:
    """Paint a white belly and rump below a dark band along the flank."""
    texture = plain_texture(base).copy()
    y, x = _texels()
    edge = TEXTURE_SIZE * rng.uniform(0.62, 0.68)
    texture[(x > edge) & (x <= edge + 4)] = mix_colours(base, _BLACK, rng.uniform(0.6, 0.9))
    texture[(x > edge + 4) | (y > TEXTURE_SIZE - 3)] = _WHITE
    return texture


def _cat_coat(base: Colour, rng: np.random.Generator) -> Image:
    """Paint the stripes of a tiger, the spots of a leopard, or one colour, pale below."""
    pattern = choose(('stripes', 'spots', 'plain'), rng)
    texture = plain_texture(base).copy()
    y, x = _texels()
    if pattern == 'stripes':
        wave = 1.2 * np.sin(x / 2.5 + rng.uniform(0, 6))
        texture[(y + wave) % 6 < 2] = _BLACK
    elif pattern == 'spots':
        texture = pattern_texture('dots', base, mix_colours(base, _BLACK, 0.85), 8).copy()
    texture[x > TEXTURE_SIZE * 0.8] = mix_colours(base, _WHITE, 0.6)
    return texture


SPECIES: dict[str, Species] = {
    'horse': Species(
        PROPORTIONS['horse'],
        Features(),
        colours_from_hex('5a3a22 7b4a26 8f5a2c a86b36 4a2c1a c69c6d 2a2522 8c8378 e3ddd2'),
        _horse_coat,
        socks=(0.0, 0.75),
    ),
    'dog': Species(
        Proportions(
            leg_length=0.74,
            leg_thickness=0.95,
            trunk_length=0.86,
            trunk_girth=0.8,
            neck_length=0.6,
            neck_girth=0.85,
            head_size=1.05,
            snout_length=0.88,
            ear_length=1.15,
            hanging_ears=True,
            tail_thickness=0.5,
            tail_lift=110,
            mane=False,
        ),
        Features(
            tail_length=0.8,
            tail_bend=-45,
            head_lean=-12,
            croup=0.72,
            skull=1.12,
            muzzle=0.85,
            ear_radii=(0.04, 0.03),
            feet=1.25,
            toes=0.04,
        ),
        colours_from_hex('c8963e 8a5a2b e6d3ad 3c3230 6d5a48 b5651d d9d4cc'),
        _dog_coat,
        muzzle=0.65,
    ),
    'sheep': Species(
        Proportions(
            leg_length=0.66,
            leg_thickness=0.85,
            trunk_length=0.82,
            trunk_girth=1.12,
            neck_length=0.52,
            neck_girth=1.25,
            head_size=0.85,
            snout_length=0.8,
            ear_length=1.0,
            tail_thickness=0.9,
            mane=False,
        ),
        Features(
            neck_lean=12,
            head_lean=4,
            tail_length=0.45,
            fleece=0.062,
            skull=0.9,
            ear_radii=(0.03, 0.02),
            ears=(0.12, 0.05, 0.02),
        ),
        colours_from_hex('efe9dc e6dcc6 f5f1e8 d9cdb4 cfc8bd 5b5048'),
        _wool,
        mask=(0.0, 0.95),
        socks=(0.2, 0.8),
        muzzle=0.3,
    ),
    'antelope': Species(
        Proportions(
            leg_length=1.02,
            leg_thickness=0.62,
            trunk_length=0.8,
            trunk_girth=0.76,
            neck_length=0.92,
            neck_girth=0.6,
            head_size=0.76,
            snout_length=0.92,
            ear_length=1.5,
            tail_thickness=0.55,
            mane=False,
        ),
        Features(
            neck_lean=-14,
            head_lean=10,
            tail_length=0.42,
            croup=0.92,
            ear_radii=(0.034, 0.014),
            ears=(0.1, -0.07, 0.02),
            pale_belly=True,
            horn_length=0.36,
            horn_bend=48,
        ),
        colours_from_hex('c68642 b5763a d19a5b a9683a cf9f6f'),
        _antelope_coat,
        socks=(0.0, 0.2),
        muzzle=-0.5,
    ),
    'cat': Species(
        Proportions(
            leg_length=0.62,
            leg_thickness=1.1,
            trunk_length=1.06,
            trunk_girth=0.8,
            neck_length=0.5,
            neck_girth=1.0,
            head_size=1.05,
            snout_length=0.52,
            ear_length=0.42,
            tail_thickness=0.5,
            tail_lift=8,
            mane=False,
        ),
        Features(
            neck_lean=38,
            head_lean=-30,
            tail_length=1.05,
            tail_bend=38,
            croup=0.92,
            skull=1.25,
            muzzle=0.95,
            ruff=0.16,
            ear_radii=(0.038, 0.03),
            ears=(0.08, -0.09, 0.01),
            pale_belly=True,
            feet=1.5,
            toes=0.05,
        ),
        colours_from_hex('e08e2b d99a3e c8a165 b98b4e e0b070'),
        _cat_coat,
        mask=(0.0, 0.05),
        socks=(0.0,),
        muzzle=-0.8,
    ),
}


def species_appearance(name: str, rng: np.random.Generator) -> AnimalAppearance:
    """Return a random animal of a species, a key of ``SPECIES``."""
    species = SPECIES[name]
    features = species.features
    base = choose(species.colours, rng)
    coat = species.coat(base, rng)
    plain = plain_texture(base)
    dark = mix_colours(base, _BLACK, rng.uniform(0.2, 0.9))
    hair = plain
    if name == 'cat':
        hair = pattern_texture('hoops', base, mix_colours(base, _BLACK, rng.uniform(0, 0.9)), 8)
    elif species.proportions.mane:
        hair = plain_texture(dark)
    maned = bool(features.ruff) and rng.random() < 0.4  # a lion
    if maned:
        coat, hair = plain, plain_texture(mix_colours(base, _BLACK, rng.uniform(0.4, 0.7)))
    tone = _BLACK if species.muzzle > 0 else _WHITE
    horn = mix_colours(_BLACK, base, 0.15)
    return AnimalAppearance(
        kind=name,
        proportions=vary_proportions(species.proportions, 0.05, rng),
        coat=coat,
        neck=coat if features.fleece else plain,
        limbs=coat if features.fleece else plain,
        socks=plain_texture(mix_colours(base, _BLACK, choose(species.socks, rng))),
        head=plain_texture(mix_colours(base, _BLACK, rng.uniform(*species.mask))),
        muzzle=plain_texture(mix_colours(base, tone, abs(species.muzzle))),
        hair=hair,
        hooves=plain if features.feet > 1 else plain_texture(horn),
        eyes=(12, 12, 16),
        blaze=_WHITE if name in ('horse', 'dog') and rng.random() < 0.4 else None,
        features=features if maned else replace(features, ruff=0.0),
    )
