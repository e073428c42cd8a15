"""What a toy face looks like: colours, hair, and what is worn on the head.

Colours are (blue, green, red).
"""

from dataclasses import dataclass

import numpy as np

from .choices import one_of, weighted
from .drawing import Colour, mix
from .person_look import CLOTHES, DARK_HAIRS, EYES, HAIRS, SKINS, shade_of

HAIR_STYLES = {'bald': 0.6, 'short': 3, 'fringe': 2, 'bob': 1.5, 'long': 2, 'afro': 0.7}
HATS = {'none': 8, 'cap': 1, 'beanie': 1}
EYEWEAR = {'none': 8, 'glasses': 1.5, 'sunglasses': 0.7}


@dataclass(frozen=True)
class FaceLook:
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
    cloth: Colour
    shirt: Colour


def sample_face_look(rng: np.random.Generator) -> FaceLook:
    """A random look."""
    skin = shade_of(SKINS, rng)
    dark = sum(skin) < 400
    feminine = rng.random() < 0.5
    make_up = rng.uniform(0.3, 1.0) if feminine and rng.random() < 0.5 else 0.0
    rose = mix((90, 80, 190), (50, 30, 190), make_up)
    return FaceLook(
        skin=skin,
        hair_colour=shade_of(DARK_HAIRS if dark else HAIRS, rng),
        eyes=one_of(EYES, rng),
        lips=mix(skin, rose, 0.35 + 0.4 * make_up),
        hair=weighted(HAIR_STYLES, rng),
        hat=weighted(HATS, rng),
        eyewear=weighted(EYEWEAR, rng),
        mask=rng.random() < 0.05,
        beard=rng.uniform(0.2, 1.0) if not feminine and rng.random() < 0.45 else 0.0,
        make_up=make_up,
        cloth=shade_of(CLOTHES, rng),
        shirt=shade_of(CLOTHES, rng),
    )
