"""What a toy face looks like: colours, hair, and what is worn on the head.

Colours are (blue, green, red).
"""

from dataclasses import dataclass

import numpy as np

from .choices import choose, choose_weighted
from .drawing import Colour, mix_colours
from .person_appearance import CLOTHES, DARK_HAIRS, EYES, HAIRS, SKINS, vary_colour

HAIR_STYLES = {'bald': 0.6, 'short': 3, 'fringe': 2, 'bob': 1.5, 'long': 2, 'afro': 0.7}
HATS = {'none': 8, 'cap': 1, 'beanie': 1}
EYEWEAR = {'none': 8, 'glasses': 1.5, 'sunglasses': 0.7}


@dataclass(frozen=True)
class FaceAppearance:
    """Everything about a face but its shape.

    Attributes:
        hair: One of `HAIR_STYLES`.
        hat: One of `HATS`.
        eyewear: One of `EYEWEAR`.
        mask: Whether mouth and nose are covered.
        beard: 0 none, 1 thick.
        make_up: 0 none, 1 strong: colour of the lips and round the eyes.
        cloth: Colour of hat, mask and make-up round the eyes.
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
    """A random look."""
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
