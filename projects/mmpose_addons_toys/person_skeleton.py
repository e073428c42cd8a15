"""The human skeleton: joints and their limits.

Lengths are in statures, angles in degrees; ``geometry.Joint`` explains the three angles of a
joint. Knees and elbows are hinges: an elbow bends forward (positive angles), a knee backward
(negative angles).
"""

from .geometry import Joint, Skeleton


def _limbs(side: str, sign: int) -> tuple[Joint, ...]:
    """Return the joints of arm and leg of a side; ``sign`` is that of their x offsets."""
    fixed = (0.0, 0.0)

    def joint(
        name: str,
        parent: str,
        offset: tuple[float, float, float],
        *limits: tuple[float, float],
    ) -> Joint:
        all_limits = (*limits, fixed, fixed, fixed)[:3]
        return Joint(f'{side}_{name}', parent, offset, side, all_limits)

    x = sign * 0.1
    return (
        joint('shoulder', 'chest', (x, -0.102, 0), (-50, 180), (-15, 175), (-95, 85)),
        joint('elbow', f'{side}_shoulder', (0, 0.165, 0), (0, 145)),
        joint('wrist', f'{side}_elbow', (0, 0.145, 0)),
        joint('hand', f'{side}_wrist', (0, 0.04, -0.005)),
        joint('hip', 'pelvis', (x / 2, 0.015, 0), (-25, 120), (-10, 50), (-45, 30)),
        joint('knee', f'{side}_hip', (0, 0.235, 0), (-145, 0)),
        joint('ankle', f'{side}_knee', (0, 0.23, 0), (-40, 25)),
        joint('toe', f'{side}_ankle', (0, 0.03, -0.09)),
        joint('heel', f'{side}_ankle', (0, 0.03, 0.02)),
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
