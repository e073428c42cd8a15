"""The human body: joints with their limits.

Lengths are in statures, angles in degrees; `geometry.Joint` tells what the three
angles of a joint mean. Knees and elbows are hinges: an elbow bends forward, a knee
backward, that is by negative angles.
"""

from .geometry import Joint, Skeleton


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
