"""The human body: joints with their limits, COCO's keypoints, and poses.

Lengths are in statures, angles in degrees; `geometry.Joint` tells what the three
angles of a joint mean. Knees and elbows are hinges: an elbow bends forward, a knee
backward, that is by negative angles.
"""

from dataclasses import dataclass

import numpy as np

from .geometry import Array, Joint, Skeleton

# COCO's category "person".
KEYPOINTS = (
    'nose',
    'left_eye',
    'right_eye',
    'left_ear',
    'right_ear',
    'left_shoulder',
    'right_shoulder',
    'left_elbow',
    'right_elbow',
    'left_wrist',
    'right_wrist',
    'left_hip',
    'right_hip',
    'left_knee',
    'right_knee',
    'left_ankle',
    'right_ankle',
)
# Pairs of keypoint numbers that are drawn as bones, counted from 1 as COCO does.
EDGES = (
    *((16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7)),
    *((6, 8), (7, 9), (8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5)),
    *((4, 6), (5, 7)),
)


def _limbs(side: str, sign: int) -> tuple[Joint, ...]:
    """Arm and leg of one side, whose x offsets have the given sign."""
    hinge = (0.0, 0.0)
    return (
        Joint(
            f'{side}_shoulder',
            'chest',
            (sign * 0.1, -0.102, 0),
            side,
            ((-50, 180), (-15, 175), (-95, 85)),
        ),
        Joint(
            f'{side}_elbow',
            f'{side}_shoulder',
            (0, 0.165, 0),
            side,
            ((0, 145), hinge, hinge),
        ),
        Joint(f'{side}_wrist', f'{side}_elbow', (0, 0.145, 0), side),
        Joint(f'{side}_hand', f'{side}_wrist', (0, 0.04, -0.005), side),
        Joint(
            f'{side}_hip',
            'pelvis',
            (sign * 0.05, 0.015, 0),
            side,
            ((-25, 120), (-10, 50), (-45, 30)),
        ),
        Joint(
            f'{side}_knee',
            f'{side}_hip',
            (0, 0.235, 0),
            side,
            ((-145, 0), hinge, hinge),
        ),
        Joint(
            f'{side}_ankle',
            f'{side}_knee',
            (0, 0.23, 0),
            side,
            ((-40, 25), hinge, hinge),
        ),
        Joint(f'{side}_toe', f'{side}_ankle', (0, 0.03, -0.09), side),
        Joint(f'{side}_heel', f'{side}_ankle', (0, 0.03, 0.02), side),
    )


SKELETON = Skeleton(
    (
        Joint('pelvis', '', (0, 0, 0), limits=((-20, 40), (-15, 15), (-15, 15))),
        Joint('waist', 'pelvis', (0, -0.07, 0), limits=((-15, 45), (-20, 20), (-25, 25))),
        Joint('chest', 'waist', (0, -0.11, 0), limits=((-5, 15), (-8, 8), (-10, 10))),
        Joint('neck', 'chest', (0, -0.125, 0), limits=((-30, 35), (-20, 20), (-60, 60))),
        Joint('head', 'neck', (0, -0.1, -0.008), limits=((-15, 15), (-8, 8), (-15, 15))),
        *_limbs('left', 1),
        *_limbs('right', -1),
    )
)

Angles = tuple[float, float, float]


@dataclass(frozen=True)
class Arm:
    """Mean angles of an arm: shoulder and elbow."""

    shoulder: Angles
    elbow: float


@dataclass(frozen=True)
class Stance:
    """Mean angles of trunk and legs.

    Attributes:
        hips: Of the left and the right hip.
        knees: Flexion of the left and the right knee.
        trunk: Lean forward of pelvis and waist.
        seat: What the figure rests on: 'ground', 'stool' or 'air'.
    """

    hips: tuple[Angles, Angles]
    knees: tuple[float, float]
    trunk: tuple[float, float] = (0, 3)
    seat: str = 'ground'


ARMS = {
    'hanging': Arm((3, 9, 0), 12),
    'forward swing': Arm((32, 6, 5), 35),
    'backward swing': Arm((-28, 8, 0), 18),
    'raised': Arm((165, 15, 0), 18),
    'spread': Arm((5, 85, -30), 12),
    'waving': Arm((15, 75, -85), 95),
    'akimbo': Arm((-18, 48, 75), 92),
    'folded': Arm((38, 2, 72), 98),
    'reaching': Arm((80, 5, 0), 15),
    'pointing up': Arm((115, 15, 0), 10),
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
    """A posed skeleton.

    Attributes:
        name: Of the stance.
        angles: (J, 3) in degrees, within the limits.
        seat: See `Stance`.
    """

    name: str
    angles: Array
    seat: str


_STANCE_SHARES = dict(
    zip(STANCES, (4, 4, 2.5, 5, 2.5, 1.5, 3, 1.5, 1.5, 1.5, 1.5), strict=True)
)


def sample_pose(rng: np.random.Generator, stance: str | None = None) -> Pose:
    """A random pose around one of the stances, within the joints' limits.

    Args:
        stance: A key of `STANCES`; None draws one.
    """
    if stance is None:
        shares = np.array(list(_STANCE_SHARES.values()))
        draw = np.searchsorted(np.cumsum(shares), rng.uniform(0, shares.sum()))
        stance = tuple(STANCES)[int(draw)]
    mean = STANCES[stance]
    index = SKELETON.index
    sides = ('left', 'right') if rng.random() < 0.5 else ('right', 'left')

    angles = np.zeros((len(SKELETON.joints), 3))
    angles[index['pelvis'], 0], angles[index['waist'], 0] = mean.trunk
    for side, hip, knee in zip(sides, mean.hips, mean.knees, strict=True):
        angles[index[f'{side}_hip']] = hip
        angles[index[f'{side}_knee'], 0] = knee
    for side, name in zip(sides, _sample_arms(stance, rng), strict=True):
        angles[index[f'{side}_shoulder']] = ARMS[name].shoulder
        angles[index[f'{side}_elbow'], 0] = ARMS[name].elbow

    angles += rng.normal(0, 1, angles.shape) * _SPREAD
    angles = SKELETON.clip(angles)
    for side in sides:  # a foot stays level as far as the ankle lets it
        pitch = angles[index[f'{side}_hip'], 0] + angles[index[f'{side}_knee'], 0]
        angles[index[f'{side}_ankle'], 0] = angles[index['pelvis'], 0] - pitch
    return Pose(stance, SKELETON.clip(angles), mean.seat)


# Standard deviations of the angles around a stance's means: (J, 3).
_SPREAD = np.array(
    [
        (10, 8, 30)
        if joint.name == 'neck'
        else (13, 8, 12)
        if joint.name.endswith('shoulder')
        else (16, 0, 0)
        if joint.name.endswith('elbow')
        else (6, 4, 5)
        for joint in SKELETON.joints
    ]
)


def _sample_arms(stance: str, rng: np.random.Generator) -> tuple[str, str]:
    """Names of the arms' poses; the first belongs to the foremost leg's side."""
    if stance in ('walking', 'running') and rng.random() < 0.7:
        return 'backward swing', 'forward swing'
    names = tuple(ARMS)
    first = names[int(rng.integers(len(names)))]
    if rng.random() < 0.35:
        first = 'in the lap' if stance == 'sitting' else 'hanging'
    if rng.random() < 0.5:
        return first, first
    return first, names[int(rng.integers(len(names)))]
