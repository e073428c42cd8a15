"""Outlines of the parts of a toy head around its landmarks.

Letters: P points. Points are in mm in the head's frame (x to the right of the image, y down, z
away from the viewer), see ``mmpose_addons_core.faces.layouts``.
"""

from collections.abc import Sequence

import numpy as np

from mmpose_addons_core.faces.layouts import face_layout

from .geometry import Array, sphere_points

LANDMARKS = {name: np.array(part) for name, part in face_layout(98).parts.items()}
"""Indices of the 98 landmarks by the part of the face."""

_CIRCLE_ANGLES = np.linspace(0, 2 * np.pi, 12, endpoint=False)
UNIT_CIRCLE = np.stack([np.cos(_CIRCLE_ANGLES), np.sin(_CIRCLE_ANGLES), np.zeros(12)], axis=1)
"""(12, 3) points on the unit circle in the image plane."""

_UNIT_SPHERE = np.concatenate(
    [sphere_points(np.arange(0, 360, 30), np.full(12, e)) for e in (-60, -30, 0, 30, 60)]
    + [[[0, 1.0, 0], [0, -1.0, 0]]]
)


def ellipsoid_points(centre: Sequence[float], axes: Sequence[float] | Array) -> Array:
    """Return (P, 3) points on an ellipsoid with the given half axes."""
    return _UNIT_SPHERE * axes + centre


def mirrored(points: Sequence[Sequence[float]]) -> Array:
    """Return the points, and the mirror images of those with x > 0."""
    right = np.array(points, float)
    return np.concatenate([right, right[right[:, 0] > 0] * (-1, 1, 1)])


SKULL = (0, -15, 85), (70, 98, 92)
"""Centre and half axes of the skull."""

HAIRLINE = mirrored([[67, -20, 62], [62, -58, 42], [40, -82, 26], [0, -90, 18]])
BROW_RIDGE = mirrored([[54, -28, 14], [56, 8, 22], [20, -30, -4]])
CROWN = (_UNIT_SPHERE * SKULL[1] + SKULL[0])[_UNIT_SPHERE[:, 1] < -0.4]
HAT_EDGE = mirrored([[66, -48, 50], [45, -58, 12], [0, -62, -4], [71, -40, 95], [40, -30, 170]])
HAT_BRIM = mirrored([[52, -50, 20], [48, -48, -30], [25, -46, -62], [0, -46, -70]])
_SIDE_FRINGE = np.array(
    [[-64, -45, 50], [-45, -84, 20], [0, -95, 12], [45, -84, 20], [64, -40, 50]]
    + [[52, -44, 12], [10, -48, -6], [-40, -62, 8]],
    float,
)
_STRAIGHT_FRINGE = mirrored(
    [[0, -95, 12], [45, -84, 20], [64, -25, 50], [45, -38, 8], [0, -42, -6]]
)
FRINGES = {'fringe': _SIDE_FRINGE, 'bob': _STRAIGHT_FRINGE, 'long': _STRAIGHT_FRINGE}
"""Outline of the fringe by hair style."""

HAIR_OVER_EARS = ('bob', 'long')
"""Hair styles that cover the ears."""

SIDE_LOCK = np.array([[60, -60, 40], [72, -40, 60], [76, 20, 72], [84, -20, 100]], float)
HAIR_SCALES = {'short': 1.06, 'fringe': 1.07, 'bob': 1.1, 'long': 1.08, 'afro': 1.28}
"""Size of the hair relative to the skull by hair style."""

NECK = np.array([0, 70, 80], float)  # the joint between neck and head
THROAT = mirrored([[44, 0, 80], [39, 60, 80], [46, 118, 80], [30, 138, 80], [0, 146, 80]])
SHOULDERS = mirrored([[0, 112, 60], [62, 118, 90], [185, 160, 100], [215, 420, 100]])
MASK_EDGE = mirrored([[0, 18, -22], [40, 24, 6], [62, 30, 50]])
