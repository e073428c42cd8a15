"""The appearance of a toy face: colours, hair, and accessories.

Colours are (blue, green, red).
"""

from dataclasses import dataclass

import numpy as np

from .choices import choose, choose_weighted
from .drawing import Colour, mix_colours
from .person_appearance import CLOTHES, DARK_HAIRS, EYES, HAIRS, SKINS, vary_colour

# sampling weights
HAIR_STYLES = {'bald': 0.6, 'short': 3, 'fringe': 2, 'bob': 1.5, 'long': 2, 'afro': 0.7}
HATS = {'none': 8, 'cap': 1, 'beanie': 1}
EYEWEAR = {'none': 8, 'glasses': 1.5, 'sunglasses': 0.7}


@dataclass(frozen=True)
class FaceAppearance:
    """The appearance of a face, without its shape.

    Attributes:
        skin: Colour of the skin.
        hair_colour: Colour of hair, brows and beard.
        eyes: Colour of the irises.
        lips: Colour of the lips.
        hair: A key of ``HAIR_STYLES``.
        hat: A key of ``HATS``.
        eyewear: A key of ``EYEWEAR``.
        mask: Whether a mask covers mouth and nose.
        beard: Opacity of the beard, 0 for none, 1 for a full one.
        make_up: Strength of the make-up on lips and round the eyes, 0 to 1.
        accessory_colour: Colour of hat, mask and make-up round the eyes.
        shirt: Colour of the shirt.
    """

    skin: Colour
    hair_colour: Colour
    eyes: Colour
    lips: Colour
    hair: str
    hat: str
    eyewear: str
    mask: bool
    beard: float
    make_up: float
    accessory_colour: Colour
    shirt: Colour


def sample_appearance(rng: np.random.Generator) -> FaceAppearance:
    """Return a random appearance."""
    skin = vary_colour(SKINS, rng)
    dark = sum(skin) < 400
    feminine = rng.random() < 0.5
    make_up = rng.uniform(0.3, 1.0) if feminine and rng.random() < 0.5 else 0.0
    rose = mix_colours((90, 80, 190), (50, 30, 190), make_up)
    return FaceAppearance(
        skin=skin,
        hair_colour=vary_colour(DARK_HAIRS if dark else HAIRS, rng),
        eyes=choose(EYES, rng),
        lips=mix_colours(skin, rose, 0.35 + 0.4 * make_up),
        hair=choose_weighted(HAIR_STYLES, rng),
        hat=choose_weighted(HATS, rng),
        eyewear=choose_weighted(EYEWEAR, rng),
        mask=rng.random() < 0.05,
        beard=rng.uniform(0.2, 1.0) if not feminine and rng.random() < 0.45 else 0.0,
        make_up=make_up,
        accessory_colour=vary_colour(CLOTHES, rng),
        shirt=vary_colour(CLOTHES, rng),
    )
