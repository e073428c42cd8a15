"""The appearance of a toy person: proportions, clothes, hair and colours.

Letters: T = ``drawing.TEXTURE_SIZE``. Lengths are in statures. Colours are (blue, green, red).
"""

from dataclasses import dataclass

import numpy as np

from .choices import choose, choose_weighted
from .drawing import Colour, Image, mix_colours, plain_texture
from .textures import PATTERNS, colours_from_hex, pattern_texture

SKINS = colours_from_hex('ffdfc4 f6cfa8 eac086 d9a066 c68642 a5673f 8d5524 6b3e26 4a2a1b')
HAIRS = colours_from_hex(
    '1b1715 2c1f1a 4a2f1d 6f4527 9a6233 c08a45 e3bd6b a63a20 8d8d8d d9d4cc'
)
DARK_HAIRS = colours_from_hex('161210 1b1715 211a16 8d8d8d')
EYES = colours_from_hex('4a2f1d 2c1f1a 3d6b8f 4f7942')
CLOTHES = colours_from_hex(
    'e63946 f4a261 e9c46a 2a9d8f 264653 457b9d 1d3557 a8dadc f1faee 8d99ae '
    '2b2d42 ef476f ffd166 06d6a0 118ab2 6d597a b56576 eaac8b 588157 a3b18a '
    '3a5a40 bc6c25 dda15e 5e548e 9f86c0 ffffff 22223b c9ada7 d62828 f77f00'
)
TROUSERS = colours_from_hex(
    '1d3557 264653 2b2d42 3d5a80 5c677d 6b705c 7f5539 a68a64 33415c 22223b '
    '4a5759 b7b7a4 8d99ae 3a5a40 6d597a d6ccc2'
)
SHOES = colours_from_hex(
    '22223b 6b3e26 e63946 f1faee 1d3557 ffd166 8d99ae 2a9d8f bc6c25 3c3c3c'
)
_WHITE = (255, 255, 255)

# sampling weights
HAIR_STYLES = {
    'bald': 0.5,
    'short': 3.0,
    'parted': 2.5,
    'afro': 0.9,
    'bob': 1.3,
    'long': 1.6,
    'ponytail': 1.3,
    'bun': 1.0,
    'cap': 1.2,
    'beanie': 0.8,
    'scarf': 0.5,
}
BOTTOMS = {'trousers': 0.6, 'shorts': 0.18, 'skirt': 0.16, 'dress': 0.06}
SLEEVES = {0.0: 0.2, 0.3: 0.4, 0.45: 0.1, 1.0: 0.3}
CHEST_DETAILS = ('plain', 'neck', 'shirt', 'badge', 'buttons')


@dataclass(frozen=True)
class PersonAppearance:
    """The appearance of a person, without pose and position. Textures are (T, T, 3).

    Attributes:
        stature: Height relative to a tall adult, 0.6 to 1.
        girth: Factor of the radii of trunk and limbs.
        head: Factor of the head's size.
        shoulders: Factor of the shoulders' width.
        hips: Factor of the hips' width.
        legs: Factor of the legs' length.
        skin: Colour of the skin.
        hair_colour: Colour of hair, brows and beard.
        hair: A key of ``HAIR_STYLES``, which include hats.
        hat: Colour of hat or scarf.
        eyes: Colour of the irises.
        forehead: Elevation of the hairline above the middle of the face, in degrees.
        beard: Whether the person has a beard.
        glasses: Whether the person wears glasses.
        smile: Height of the corners of the mouth: 1 for a smile, 0 neutral, below 0 lowered.
        top: Texture of the shirt.
        top_colour: Main colour of the shirt.
        trim: Colour of cuffs, badge and backpack.
        sleeves: Share of the arm that the sleeves cover, a key of ``SLEEVES``.
        chest_detail: Detail on the chest, one of ``CHEST_DETAILS``.
        bottom: Kind of the lower garment, a key of ``BOTTOMS``.
        bottom_cloth: Texture of the lower garment.
        bottom_colour: Main colour of trousers.
        hem: Share of the thigh that shorts and skirts cover.
        socks: Colour of the socks.
        shoes: Texture of the shoes.
        backpack: Whether the person wears a backpack.
    """

    stature: float
    girth: float
    head: float
    shoulders: float
    hips: float
    legs: float
    skin: Colour
    hair_colour: Colour
    hair: str
    hat: Colour
    eyes: Colour
    forehead: float
    beard: bool
    glasses: bool
    smile: float
    top: Image
    top_colour: Colour
    trim: Colour
    sleeves: float
    chest_detail: str
    bottom: str
    bottom_cloth: Image
    bottom_colour: Colour
    hem: float
    socks: Colour
    shoes: Image
    backpack: bool


def vary_colour(colours: list[Colour], rng: np.random.Generator) -> Colour:
    """Return one of the colours, slightly darkened at random."""
    colour = choose(colours, rng)
    b, g, r = rng.uniform(0.92, 1.0, 3).tolist()
    return round(colour[0] * b), round(colour[1] * g), round(colour[2] * r)


def sample_appearance(rng: np.random.Generator) -> PersonAppearance:
    """Return a random appearance."""
    child, feminine = rng.random() < 0.2, rng.random() < 0.5
    skin = vary_colour(SKINS, rng)
    hairs = HAIRS if sum(skin) > 400 else DARK_HAIRS
    hair_colour = vary_colour(hairs, rng)
    while abs(sum(skin) - sum(hair_colour)) < 40:  # the hair must contrast with the skin
        hair_colour = vary_colour(hairs, rng)

    base, accent, trim = (vary_colour(CLOTHES, rng) for _ in range(3))
    pattern = 'plain' if rng.random() < 0.45 else choose(PATTERNS, rng)
    top = pattern_texture(pattern, base, accent, int(rng.integers(5, 13)))
    bottom = choose_weighted(BOTTOMS, rng)
    bottom_colour = vary_colour(TROUSERS, rng)
    if bottom == 'dress':
        bottom_cloth = top
    elif bottom == 'skirt':
        bottom_cloth = pattern_texture(pattern, trim, accent)
    else:
        worn = 'mottled' if rng.random() < 0.4 else 'plain'
        bottom_cloth = pattern_texture(
            worn, bottom_colour, mix_colours(bottom_colour, _WHITE, 0.35)
        )
    shoe = vary_colour(SHOES, rng)
    shoes = plain_texture(shoe)
    if rng.random() < 0.5:
        shoes = pattern_texture('two-tone', mix_colours(shoe, _WHITE, 0.55), shoe)

    return PersonAppearance(
        stature=rng.uniform(0.62, 0.8) if child else rng.uniform(0.88, 1.0),
        girth=float(np.clip(rng.normal(1.25, 0.12), 1.05, 1.6)),
        head=rng.uniform(1.5, 1.7) if child else rng.uniform(1.3, 1.5),
        shoulders=rng.uniform(0.95, 1.05) if feminine or child else rng.uniform(1, 1.15),
        hips=rng.uniform(1.0, 1.15) if feminine else rng.uniform(0.9, 1.02),
        legs=rng.uniform(0.78, 0.86) if child else rng.uniform(0.84, 0.94),
        skin=skin,
        hair_colour=hair_colour,
        hair=choose_weighted(HAIR_STYLES, rng),
        hat=vary_colour(CLOTHES, rng),
        eyes=choose(EYES, rng),
        forehead=rng.uniform(26, 46),
        beard=not (feminine or child) and rng.random() < 0.3,
        glasses=rng.random() < 0.15,
        smile=rng.uniform(-0.2, 1.0),
        top=top,
        top_colour=base,
        trim=trim,
        sleeves=choose_weighted(SLEEVES, rng),
        chest_detail=choose(CHEST_DETAILS, rng),
        bottom=bottom,
        bottom_cloth=bottom_cloth,
        bottom_colour=bottom_colour,
        hem=rng.uniform(0.5, 0.8),
        socks=vary_colour(CLOTHES, rng),
        shoes=shoes,
        backpack=rng.random() < 0.12,
    )
