"""Poses of toy people: mean angles of stances, and random poses around them.

Letters: J joints. Angles are in degrees; ``geometry.Joint`` explains the three angles of a
joint.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .choices import choose_weighted
from .geometry import Array, Joint
from .person_skeleton import SKELETON

Angles = tuple[float, float, float]


@dataclass(frozen=True)
class Arm:
    """Mean angles of an arm.

    Attributes:
        shoulder: Three angles of the shoulder.
        elbow: Flexion of the elbow.
    """

    shoulder: Angles
    elbow: float


@dataclass(frozen=True)
class Stance:
    """Mean angles of trunk and legs.

    Attributes:
        hips: Angles of the two hips.
        knees: Angles of the two knees; negative ones bend.
        trunk: Forward lean of pelvis and waist.
        support: What supports the person: ``'ground'``, ``'stool'`` or ``'air'`` (none).
    """

    hips: tuple[Angles, Angles]
    knees: tuple[float, float]
    trunk: tuple[float, float] = (0, 3)
    support: str = 'ground'


ARM_POSES = {
    'hanging': Arm((3, 15, 0), 12),
    'forward swing': Arm((32, 6, 5), 35),
    'backward swing': Arm((-28, 8, 0), 18),
    'raised': Arm((168, -12, 0), 18),
    'spread': Arm((5, 85, -30), 12),
    'waving': Arm((15, 75, -85), 95),
    'akimbo': Arm((-18, 48, 75), 92),
    'folded': Arm((38, 2, 72), 98),
    'reaching': Arm((80, 5, 0), 15),
    'pointing up': Arm((118, -6, 0), 10),
    'at the ear': Arm((55, 35, 20), 135),
    'in the lap': Arm((32, 6, 30), 48),
}
STANCES = {
    'standing': Stance(((2, 4, -8), (2, 4, -8)), (-4, -4)),
    'at ease': Stance(((0, 5, -6), (16, 10, -22)), (-3, -26), (0, 2)),
    'astride': Stance(((3, 20, -18), (3, 20, -18)), (-6, -6)),
    'walking': Stance(((30, 2, 0), (-16, 2, 0)), (-10, -28), (2, 4)),
    'running': Stance(((68, 3, 0), (-22, 3, 0)), (-85, -55), (8, 8), 'air'),
    'lunging': Stance(((72, 6, -8), (-20, 6, 0)), (-82, -25), (4, 4)),
    'sitting': Stance(((85, 8, -5), (85, 8, -5)), (-82, -88), (2, 4), 'stool'),
    'crouching': Stance(((105, 18, -15), (105, 18, -15)), (-122, -122), (12, 22)),
    'kneeling': Stance(((82, 8, -5), (-4, 4, 0)), (-85, -92), (2, 5)),
    'leaping': Stance(((48, 12, -10), (15, 14, -10)), (-70, -85), (4, 4), 'air'),
    'balancing': Stance(((0, 2, 0), (58, 10, -10)), (-4, -45), (0, 2)),
}


@dataclass(frozen=True)
class Pose:
    """The angles of a posed skeleton.

    Attributes:
        name: Name of the stance.
        angles: (J, 3) in degrees, within the limits of the joints.
        support: See ``Stance``.
    """

    name: str
    angles: Array
    support: str


STANCE_WEIGHTS = {
    'standing': 4,
    'at ease': 4,
    'astride': 3,
    'walking': 5,
    'running': 2.5,
    'lunging': 1.5,
    'sitting': 3,
    'crouching': 1.5,
    'kneeling': 1.5,
    'leaping': 1.5,
    'balancing': 1.5,
}
ARM_WEIGHTS = {
    'hanging': 4,
    'forward swing': 1,
    'backward swing': 0.7,
    'raised': 1.2,
    'spread': 1.2,
    'waving': 1.5,
    'akimbo': 1.2,
    'folded': 0.5,
    'reaching': 1,
    'pointing up': 1,
    'at the ear': 0.7,
    'in the lap': 0.5,
}


def sample_pose(
    rng: np.random.Generator,
    stance: str | None = None,
    stances: Mapping[str, float] = STANCE_WEIGHTS,
    arms: Mapping[str, float] = ARM_WEIGHTS,
) -> Pose:
    """Return a random pose around a stance, within the limits of the joints.

    Args:
        rng: Source of the random values.
        stance: A key of ``STANCES``; None chooses one at random.
        stances: Sampling weights of the stances.
        arms: Sampling weights of the poses of the arms, keys of ``ARM_POSES``.
    """
    stance = stance or choose_weighted(stances, rng)
    mean = STANCES[stance]
    index = SKELETON.index
    sides = ('left', 'right') if rng.random() < 0.5 else ('right', 'left')

    angles: Array = np.zeros((len(SKELETON.joints), 3))
    angles[index['pelvis'], 0], angles[index['waist'], 0] = mean.trunk
    for side, hip, knee in zip(sides, mean.hips, mean.knees, strict=True):
        angles[index[f'{side}_hip']] = hip
        angles[index[f'{side}_knee'], 0] = knee
    for side, name in zip(sides, _sample_arms(stance, arms, rng), strict=True):
        angles[index[f'{side}_shoulder']] = ARM_POSES[name].shoulder
        angles[index[f'{side}_elbow'], 0] = ARM_POSES[name].elbow

    angles += rng.normal(0, 1, angles.shape) * _DEVIATIONS
    angles = SKELETON.clip(angles)
    for side in sides:  # keep the foot horizontal within the limits of the ankle
        pitch = angles[index[f'{side}_hip'], 0] + angles[index[f'{side}_knee'], 0]
        angles[index[f'{side}_ankle'], 0] = angles[index['pelvis'], 0] - pitch
    return Pose(stance, SKELETON.clip(angles), mean.support)


def _deviations(joint: Joint) -> Angles:
    """Return the standard deviations of a joint's angles around those of a stance."""
    if joint.name == 'neck':
        return 8, 6, 18
    if joint.name.endswith('shoulder'):
        return 9, 7, 8
    if joint.name.endswith('elbow'):
        return 11, 0, 0
    return 5, 3, 4


_DEVIATIONS = np.array([_deviations(joint) for joint in SKELETON.joints])


def _sample_arms(
    stance: str, arms: Mapping[str, float], rng: np.random.Generator
) -> tuple[str, str]:
    """Return the names of both arms' poses.

    The first is for the side whose leg comes first in the stance.
    """
    if 'forward swing' in arms and stance in ('walking', 'running') and rng.random() < 0.7:
        return 'backward swing', 'forward swing'
    first = choose_weighted(arms, rng)
    if stance == 'sitting' and rng.random() < 0.3:
        first = 'in the lap'
    return first, first if rng.random() < 0.4 else choose_weighted(arms, rng)
