"""What happens in pictures of people: how many, how they turn and move, what hides them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .person_pose import ARM_WEIGHTS, STANCE_WEIGHTS


@dataclass(frozen=True)
class Scenes:
    """Shares of what can happen; they need not add up to 1.

    Attributes:
        people: Of numbers of people.
        turns: Of ranges of the yaw's size in degrees; 0 faces the viewer.
        stances: Of the keys of `person_pose.STANCES`.
        arms: Of the keys of `person_pose.ARMS`.
        objects: Of numbers of objects in front of the people.
        close: Chance that one of the people is cut by the picture's lower border.
        flaws: Whether the camera shakes, is out of focus and has noise.
    """

    people: Mapping[int, float]
    turns: Mapping[tuple[float, float], float]
    stances: Mapping[str, float] = field(default_factory=lambda: STANCE_WEIGHTS)
    arms: Mapping[str, float] = field(default_factory=lambda: ARM_WEIGHTS)
    objects: Mapping[int, float] = field(default_factory=lambda: {0: 0.6, 1: 0.3, 2: 0.1})
    close: float = 0.25
    degrade: bool = True


SCENES = {
    # all that a data set of photographs would have
    'lively': Scenes(
        people={1: 0.5, 2: 0.32, 3: 0.18},
        turns={(0, 55): 2, (55, 120): 1, (120, 180): 1},
    ),
    # what a small network learns to find to the pixel in some minutes
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
