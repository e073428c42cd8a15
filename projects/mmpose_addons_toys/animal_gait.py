"""Gaits of toy animals: the angles of all joints at a frame of a movement.

Letters: J joints. Angles are in degrees; ``geometry.Joint`` explains the three angles of a
joint. A phase is a fraction of a gait's cycle.
"""

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from .animal_skeleton import SKELETON
from .choices import choose_weighted
from .geometry import Array

LEGS = ('left_front', 'right_front', 'left_back', 'right_back')


@dataclass(frozen=True)
class Gait:
    """The parameters of a gait.

    Attributes:
        swing: Amplitude of the legs' swing forward and backward, in degrees.
        lift: Flexion of a knee while the hoof is in the air, in degrees.
        phases: Phase of each of the ``LEGS``.
        frames: Number of frames per cycle.
        neck: Forward lean of the neck, in degrees.
        head: Downward tilt of the head, in degrees.
    """

    swing: float
    lift: float
    phases: tuple[float, float, float, float]
    frames: float
    neck: float = 0.0
    head: float = 0.0


GAITS = {
    'standing': Gait(0, 0, (0, 0, 0, 0), 30),
    'grazing': Gait(7, 12, (0.25, 0.75, 0, 0.5), 60, neck=80, head=-42),
    'walking': Gait(19, 34, (0.25, 0.75, 0, 0.5), 32, neck=8),
    'trotting': Gait(23, 52, (0, 0.5, 0.5, 0), 26, neck=-4, head=6),
    'galloping': Gait(36, 62, (0, 0.12, 0.45, 0.57), 26, neck=16, head=-12),
}
GAIT_WEIGHTS = {
    'standing': 2,
    'grazing': 0.5,
    'walking': 5,
    'trotting': 2,
    'galloping': 0.5,
}


@dataclass(frozen=True)
class Movement:
    """The movement of one animal: a gait with individual variation.

    Attributes:
        name: A key of ``GAITS``.
        start_phase: Phase at the first frame.
        offsets: (J, 3) angles that are added to those of the gait, in degrees.
        swing_scale: Factor of the gait's swing and lift.
    """

    name: str
    start_phase: float
    offsets: Array
    swing_scale: float

    def angles(self, frame: float) -> Array:
        """Return the (J, 3) angles at a frame, clipped to the limits of the joints."""
        gait, index = GAITS[self.name], SKELETON.index
        phase = self.start_phase + frame / gait.frames
        angles = self.offsets.copy()
        nod = self.swing_scale * sin(4 * pi * phase) * gait.swing / 19
        angles[index['neck'], 0] += gait.neck + 3 * nod
        angles[index['head'], 0] += gait.head - 2 * nod
        angles[index['trunk'], 0] += nod
        angles[index['tail_start'], 1] += 8 * sin(2 * pi * phase)
        for leg, shift in zip(LEGS, gait.phases, strict=True):
            phase_angle = 2 * pi * (phase + shift)
            swing = self.swing_scale * gait.swing * sin(phase_angle)
            # the hoof is in the air while the leg swings forward
            lift = self.swing_scale * gait.lift * max(cos(phase_angle), 0)
            side, _, end = leg.partition('_')
            upper = f'{side}_shoulder' if end == 'front' else f'{side}_hip'
            shares = (0.75, 0.3, -1.0) if end == 'front' else (0.95, -0.5, 0.7)
            angles[index[upper], 0] += shares[0] * swing
            elbow = 0.3 * swing + shares[1] * lift
            angles[index[f'{leg}_elbow'], 0] += elbow
            angles[index[f'{leg}_knee'], 0] += shares[2] * lift
        return SKELETON.clip(angles)


def sample_movement(rng: np.random.Generator) -> Movement:
    """Return a random gait with random variation and start."""
    spreads = np.zeros((len(SKELETON.joints), 3))
    for j, joint in enumerate(SKELETON.joints):
        if joint.side != 'middle':
            spreads[j, 0] = 3
        elif joint.name in ('neck', 'head'):
            spreads[j] = 7, 2, 5
        elif joint.name.startswith('tail'):
            spreads[j] = 8, 10, 0
    offsets = rng.normal(0, 1, spreads.shape) * spreads
    name = choose_weighted(GAIT_WEIGHTS, rng)
    return Movement(name, rng.uniform(0, 1), offsets, rng.uniform(0.8, 1.15))
