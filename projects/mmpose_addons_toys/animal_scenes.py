"""Sample scenes of toy animals: the animal, its movement, the light and the camera's view.

There are three domains. "Synthetic" imitates rendered data sets: one horse in random textures,
in front of random backgrounds. "Real" imitates videos at dusk: several kinds of animals,
objects in front of them, and a moving camera. "Species" imitates photographs of one or several
species by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .animal_appearance import AnimalAppearance, natural_appearance, synthetic_appearance
from .animal_gait import Movement, sample_movement
from .animal_species import species_appearance
from .choices import choose
from .drawing import Light
from .geometry import Array

FRAMES_PER_VIDEO = 8
ANIMAL_WEIGHTS = {'horse': 4, 'pony': 2, 'racer': 2, 'dog': 1}
"""Sampling weights of the kinds of animals in the real domain."""

HEADINGS = {'both': (-1, 1), 'right': (1,)}
"""Possible signs of an animal's yaw."""


@dataclass(frozen=True)
class Scene:
    """Everything in a video except the animal's figure. Lengths are in sides of the image.

    Attributes:
        appearance: Of the animal.
        movement: Of the animal.
        light: On the animal.
        yaw: Of the animal at the first frame, in degrees.
        yaw_rate: Change of the yaw per frame, in degrees.
        tilt: Pitch and roll of the camera, in degrees.
        scale: Sides of the image per height at the withers.
        position: (2,) point of the ground below the animal at the first frame.
        velocity: (2,) change of the position per frame.
        background_velocity: (2,) shift of the background per frame.
    """

    appearance: AnimalAppearance
    movement: Movement
    light: Light
    yaw: float
    yaw_rate: float
    tilt: tuple[float, float]
    scale: float
    position: Array
    velocity: Array = field(default_factory=lambda: np.zeros(2))
    background_velocity: Array = field(default_factory=lambda: np.zeros(2))


def _sideways(heading: str, rng: np.random.Generator) -> float:
    """Return a yaw in degrees at which the animal is seen from the side."""
    return choose(HEADINGS[heading], rng) * float(np.clip(rng.normal(90, 9), 30, 150))


def synthetic_scene(heading: str, rng: np.random.Generator) -> Scene:
    """Sample one image of the synthetic domain; ``heading`` is a key of ``HEADINGS``."""
    return Scene(
        appearance=synthetic_appearance(rng),
        movement=sample_movement(rng),
        light=Light(-90, 0.25),
        yaw=_sideways(heading, rng),
        yaw_rate=0.0,
        tilt=(rng.uniform(14, 24), 0.0),
        scale=rng.uniform(0.4, 0.52),
        position=np.array([rng.uniform(0.44, 0.56), rng.uniform(0.78, 0.88)]),
    )


def real_scene(heading: str, rng: np.random.Generator) -> Scene:
    """Sample one video of the real domain; ``heading`` is a key of ``HEADINGS``."""
    yaw = _sideways(heading, rng)
    speed = rng.uniform(0, 0.02)
    return Scene(
        appearance=natural_appearance(ANIMAL_WEIGHTS, rng),
        movement=sample_movement(rng),
        light=Light(rng.uniform(-165, -15), rng.uniform(0.7, 1.0)),
        yaw=yaw,
        yaw_rate=rng.normal(0, 0.8),
        tilt=(rng.uniform(14, 24), rng.normal(0, 2)),
        scale=rng.uniform(0.4, 0.52),
        position=np.array([rng.uniform(0.44, 0.56), rng.uniform(0.8, 0.9)]),
        velocity=rng.normal(0, 0.004, 2),
        background_velocity=np.array([-np.sign(yaw) * speed, rng.normal(0, 0.002)]),
    )


def species_scene(species: Sequence[str], heading: str, rng: np.random.Generator) -> Scene:
    """Sample one photograph of an animal of one of the species, all equally likely."""
    return Scene(
        appearance=species_appearance(choose(species, rng), rng),
        movement=sample_movement(rng),
        light=Light(rng.uniform(-160, -20), rng.uniform(0.4, 0.75)),
        yaw=_sideways(heading, rng),
        yaw_rate=0.0,
        tilt=(rng.uniform(8, 20), rng.normal(0, 2)),
        scale=rng.uniform(0.42, 0.52),
        position=np.array([rng.uniform(0.44, 0.56), rng.uniform(0.8, 0.9)]),
    )
