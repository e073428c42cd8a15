"""The skeleton of a four-legged animal: joints and their limits.

Lengths are in heights at the withers, angles in degrees; ``geometry.Joint`` explains the three
angles of a joint. The animal faces -z, its left side is at +x. The knee of a front leg bends
backward (negative angles). The hock of a hind leg, here called back knee, bends forward.
"""

from .geometry import Joint, Skeleton


def _legs(side: str, sign: int) -> tuple[Joint, ...]:
    """Return the joints of both legs of a side; ``sign`` is that of their x offsets."""
    hinge = (0.0, 0.0)

    def joint(
        name: str, parent: str, offset: tuple[float, float, float], flexion: tuple[float, float]
    ) -> Joint:
        return Joint(f'{side}_{name}', parent, offset, side, (flexion, hinge, hinge))

    front, back = f'{side}_front', f'{side}_back'
    return (
        joint('shoulder', 'chest', (sign * 0.12, -0.03, -0.1), (-45, 45)),
        joint('front_elbow', f'{side}_shoulder', (0, 0.23, 0.07), (-40, 70)),
        joint('front_knee', f'{front}_elbow', (0, 0.27, -0.02), (-110, 5)),
        joint('front_hoof', f'{front}_knee', (0, 0.29, 0.0), (0, 0)),
        joint('hip', 'rump', (sign * 0.1, -0.02, 0.03), (-45, 50)),
        joint('back_elbow', f'{side}_hip', (0, 0.24, -0.08), (-80, 30)),
        joint('back_knee', f'{back}_elbow', (0, 0.24, 0.17), (-20, 90)),
        joint('back_hoof', f'{back}_knee', (0, 0.31, -0.05), (0, 0)),
    )


SKELETON = Skeleton(
    (
        Joint('trunk', '', (0, 0, 0), limits=((-20, 20), (-10, 10), (-15, 15))),
        Joint('chest', 'trunk', (0, 0, -0.36), limits=((-10, 10), (-8, 8), (-10, 10))),
        Joint('rump', 'trunk', (0, -0.01, 0.36), limits=((-10, 10), (-8, 8), (-10, 10))),
        Joint('neck', 'chest', (0, -0.13, -0.13), limits=((-35, 95), (-20, 20), (-35, 35))),
        Joint('head', 'neck', (0, -0.36, -0.25), limits=((-60, 40), (-12, 12), (-20, 20))),
        Joint('nose', 'head', (0, 0.17, -0.27)),
        Joint('chin', 'head', (0, 0.235, -0.245)),
        Joint('left_eye', 'head', (0.068, 0.015, -0.075)),
        Joint('right_eye', 'head', (-0.068, 0.015, -0.075)),
        Joint('tail_start', 'rump', (0, -0.15, 0.19), limits=((-20, 150), (-40, 40), (0, 0))),
        Joint(
            'tail_middle',
            'tail_start',
            (0, 0.25, 0.08),
            limits=((-60, 40), (-40, 40), (0, 0)),
        ),
        Joint('tail_end', 'tail_middle', (0, 0.3, 0.0)),
        *_legs('left', 1),
        *_legs('right', -1),
    )
)
