"""Settings for images of people: their number, poses and directions, and what hides them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .person_pose import ARM_WEIGHTS, STANCE_WEIGHTS


@dataclass(frozen=True)
class Scenes:
    """Sampling weights of what an image shows; they need not add up to 1.

    Attributes:
        people: Weights of the number of people.
        turns: Weights of ranges of the absolute yaw in degrees; 0 faces the viewer.
        stances: Weights of the keys of ``person_pose.STANCES``.
        arms: Weights of the keys of ``person_pose.ARM_POSES``.
        objects: Weights of the number of objects in front of the people.
        close: Probability that a person is cut by the lower border of the image.
        degrade: Whether blur and noise are added to the image.
    """

    people: Mapping[int, float]
    turns: Mapping[tuple[float, float], float]
    stances: Mapping[str, float] = field(default_factory=lambda: STANCE_WEIGHTS)
    arms: Mapping[str, float] = field(default_factory=lambda: ARM_WEIGHTS)
    objects: Mapping[int, float] = field(default_factory=lambda: {0: 0.6, 1: 0.3, 2: 0.1})
    close: float = 0.25
    degrade: bool = True


SCENES = {
    # all directions and poses, occlusion, blur and noise
    'lively': Scenes(
        people={1: 0.5, 2: 0.32, 3: 0.18},
        turns={(0, 55): 2, (55, 120): 1, (120, 180): 1},
    ),
    # upright people that face the viewer; a small network learns them in minutes
    'calm': Scenes(
        people={1: 0.5, 2: 0.44, 3: 0.06},
        turns={(0, 20): 1},
        stances={'standing': 4, 'at ease': 3, 'astride': 3, 'walking': 1},
        arms={'hanging': 2, 'raised': 1, 'spread': 1, 'waving': 1, 'akimbo': 1},
        objects={0: 0.94, 1: 0.06},
        close=0.0,
        degrade=False,
    ),
}
