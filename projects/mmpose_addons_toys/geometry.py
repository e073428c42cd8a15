"""Rotations, skeletons in three dimensions, and outlines in the picture.

Letters: J joints, P points. The camera frame is right-handed: x to the right of
the picture, y down, z away from the viewer. Lengths of a figure are given in
statures (its standing height is 1), lengths in the picture in image px, points in
(x, y) order with pixel centres at whole numbers. The camera is a scaled
orthographic one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_CIRCLE_ANGLES = np.linspace(0, 2 * np.pi, 24, endpoint=False)
_UNIT_CIRCLE = np.stack([np.cos(_CIRCLE_ANGLES), np.sin(_CIRCLE_ANGLES)], axis=1)  # (24, 2)

# Signs of the rotations about x, z and y that one set of angles (see `Joint`) means for
# a limb of either side, and for a middle joint, whose bones point up.
_SIGNS = {'left': (-1, -1, 1), 'right': (-1, 1, -1), 'middle': (1, 1, -1)}


def rotation_matrices(degrees: Array) -> Array:
    """Rotation matrices Rz @ Rx @ Ry.

    Args:
        degrees: (..., 3) angles about x, y and z.

    Returns:
        (..., 3, 3) matrices.

    >>> np.round(rotations(np.array([0, 0, 90])) @ [1, 0, 0], 3) + 0
    array([0., 1., 0.])
    """
    radians = np.deg2rad(degrees)
    (cx, cy, cz), (sx, sy, sz) = (np.moveaxis(f(radians), -1, 0) for f in (np.cos, np.sin))
    matrix = np.empty((*radians.shape, 3))
    matrix[..., 0, 0] = cz * cy - sz * sx * sy
    matrix[..., 0, 1] = -sz * cx
    matrix[..., 0, 2] = cz * sy + sz * sx * cy
    matrix[..., 1, 0] = sz * cy + cz * sx * sy
    matrix[..., 1, 1] = cz * cx
    matrix[..., 1, 2] = sz * sy - cz * sx * cy
    matrix[..., 2, 0] = -cx * sy
    matrix[..., 2, 1] = sx
    matrix[..., 2, 2] = cx * cy
    return matrix


@dataclass(frozen=True)
class Joint:
    """A joint of a skeleton, described in the figure's resting pose.

    In that pose the figure faces the viewer and its left is at +x.

    Attributes:
        parent: Name of the joint it hangs on, '' for the root.
        offset: From the parent, in statures.
        side: 'left', 'right' or 'middle'. The angles of a limb mean the same on
            both sides: (flexion forward, abduction away from the body, inward
            twist). Those of a middle joint: (lean forward, bend to the figure's
            left, turn to its left).
        limits: Least and greatest angle of each of the three, in degrees.
    """

    name: str
    parent: str
    offset: tuple[float, float, float]
    side: str = 'middle'
    limits: tuple[tuple[float, float], ...] = ((0, 0), (0, 0), (0, 0))


@dataclass(frozen=True)
class Skeleton:
    """Joints, each after its parent."""

    joints: tuple[Joint, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        return {joint.name: i for i, joint in enumerate(self.joints)}

    @cached_property
    def parents(self) -> list[int]:
        """The parent's number of every joint, -1 for the root."""
        return [self.index.get(joint.parent, -1) for joint in self.joints]

    @cached_property
    def offsets(self) -> Array:
        """(J, 3) offsets from the parents, in statures."""
        return np.array([joint.offset for joint in self.joints])

    @cached_property
    def limits(self) -> Array:
        """(J, 3, 2) least and greatest angles in degrees."""
        return np.array([joint.limits for joint in self.joints], float)

    @cached_property
    def _signs(self) -> Array:
        return np.array([_SIGNS[joint.side] for joint in self.joints])

    def clip(self, angles: Array) -> Array:
        """The nearest angles within the limits, (J, 3) in degrees."""
        return np.clip(angles, self.limits[..., 0], self.limits[..., 1])

    def pose(
        self, angles: Array, root: Array, offsets: Array | None = None
    ) -> tuple[Array, Array]:
        """Forward kinematics.

        Args:
            angles: (J, 3) in degrees, in the order that `Joint.side` tells.
            root: (3, 3) rotation from the figure's frame to the camera's.
            offsets: (J, 3) in statures, for a figure of other proportions.

        Returns:
            Positions (J, 3) in statures relative to the root joint and the
            orientations (J, 3, 3) of the bones that start there, both in the
            camera frame.
        """
        offsets = self.offsets if offsets is None else offsets
        flex, abduct, twist = self._signs.T * angles.T
        local = rotation_matrices(np.stack([flex, twist, abduct], axis=1))
        positions, frames = np.zeros((len(local), 3)), np.empty_like(local)
        for j, parent in enumerate(self.parents):
            frame = root if parent < 0 else frames[parent]
            if parent >= 0:
                positions[j] = positions[parent] + frame @ offsets[j]
            frames[j] = frame @ local[j]
        return positions, frames


@dataclass(frozen=True)
class View:
    """Scaled orthographic camera: statures to image px.

    Attributes:
        scale: Image px per stature.
        origin: (2,) place in image px of the figure's root.
    """

    scale: float
    origin: Array

    def __call__(self, points: Array) -> Array:
        """(..., 3) points in statures to (..., 2) in image px."""
        return points[..., :2] * self.scale + self.origin


def capsule_outline(start: Array, end: Array, start_radius: float, end_radius: float) -> Array:
    """(2P, 2) points on two circles whose convex hull is a tapered capsule."""
    return np.concatenate(
        [start + start_radius * _UNIT_CIRCLE, end + end_radius * _UNIT_CIRCLE]
    )


def projected_ellipse(axes: Sequence[float] | Array, frame: Array) -> Array:
    """The ellipse as which an ellipsoid is seen.

    Args:
        axes: Half axes along the frame's x, y and z.
        frame: (3, 3) rotation to the camera frame.

    Returns:
        (2, 2) matrix that maps the unit circle onto the ellipse (in the unit of
        the axes, without its centre). It is symmetric, so circles are not twisted.

    >>> ellipsoid_ellipse([1.0, 2.0, 3.0], np.eye(3)).round(3)
    array([[1., 0.],
           [0., 2.]])
    """
    spread = frame[:2] * np.asarray(axes)
    a, b, _, c = (spread @ spread.T).ravel().tolist()
    root = max(a * c - b * b, 1e-12) ** 0.5  # square root of a 2 x 2 matrix
    return np.array([[a + root, b], [b, c + root]]) / (a + c + 2 * root) ** 0.5


def ellipse_outline(centre: Array, ellipse: Array) -> Array:
    """(24, 2) points on the ellipse `centre + ellipse @ unit circle`."""
    return _UNIT_CIRCLE @ ellipse.T + centre


def sphere_points(azimuth: ArrayLike, elevation: ArrayLike) -> Array:
    """Points of the unit sphere by azimuth and elevation in degrees, (P, 3).

    Azimuth 0, elevation 0 is the figure's front (-z), positive azimuths lie on its
    left (+x), positive elevations above (-y).

    >>> sphere_points([0, 90], [0, 0]).round(3) + 0
    array([[ 0.,  0., -1.],
           [ 1.,  0.,  0.]])
    """
    a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
    return np.stack([np.sin(a) * np.cos(e), -np.sin(e), -np.cos(a) * np.cos(e)], 1)


def visible_patch(points: Array, axes: Sequence[float] | Array, frame: Array) -> Array | None:
    """The part of a patch of an ellipsoid that the viewer sees.

    Args:
        points: (P, 3) points of the patch on the unit sphere, its border and its
            inside, not more than about 30 degrees apart.
        axes: Half axes of the ellipsoid along the frame's x, y and z.
        frame: (3, 3) rotation to the camera frame.

    Returns:
        Points relative to the ellipsoid's centre in the camera frame, in the unit
        of the axes, of which the convex hull is the visible part. Points barely on
        the far side are moved to the silhouette, others there are left out. None
        where the whole patch is on the far side.
    """
    axes = np.asarray(axes)
    away = frame[2] / axes  # the normal at a point p points away if p @ away > 0
    away = away / math.sqrt(away @ away)
    depth = points @ away
    if depth.min() > 0:
        return None
    near = depth < 0.2
    points, depth = points[near], depth[near]
    points = points - np.maximum(depth, 0)[:, None] * away
    points = points / np.sqrt((points * points).sum(axis=1, keepdims=True))
    return (points * axes) @ frame.T
