"""Rotations, skeletons in three dimensions, and outlines in the image.

Letters: J joints, P points. The camera frame is right-handed: x points to the right of the
image, y down, z away from the viewer. Lengths of a figure are in its own unit (a person's
standing height, or an animal's height at the withers), lengths in the image are in image px.
Points in the image are (x, y) with pixel centres at integers. The camera is a scaled
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

# Signs of the rotations about x, z and y for the three angles of a joint (see ``Joint``): for
# limbs of both sides, and for middle joints, whose bones point up.
_SIGNS = {'left': (-1, -1, 1), 'right': (-1, 1, -1), 'middle': (1, 1, -1)}


def rotation_matrices(degrees: Array) -> Array:
    """Return the rotation matrices Rz @ Rx @ Ry.

    Args:
        degrees: (..., 3) angles about x, y and z.

    Returns:
        (..., 3, 3) matrices.

    >>> np.round(rotation_matrices(np.array([0, 0, 90])) @ [1, 0, 0], 3) + 0
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
    """A joint of a skeleton, described in the resting pose.

    In the resting pose the figure faces the viewer and its left side is at +x.

    Attributes:
        parent: Name of the parent joint, ``''`` for the root.
        offset: (x, y, z) from the parent, in the figure's unit.
        side: ``'left'``, ``'right'`` or ``'middle'``. The three angles of a limb's joint mean
            the same on both sides: flexion forward, abduction away from the body, twist inward.
            Those of a middle joint are: lean forward, bend to the figure's left, turn to its
            left.
        limits: Minimum and maximum of each of the three angles, in degrees.
    """

    name: str
    parent: str
    offset: tuple[float, float, float]
    side: str = 'middle'
    limits: tuple[tuple[float, float], ...] = ((0, 0), (0, 0), (0, 0))


@dataclass(frozen=True)
class Skeleton:
    """A tree of joints; each joint comes after its parent."""

    joints: tuple[Joint, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """The position of each joint by its name."""
        return {joint.name: i for i, joint in enumerate(self.joints)}

    @cached_property
    def parents(self) -> list[int]:
        """The position of each joint's parent, -1 for the root."""
        return [self.index.get(joint.parent, -1) for joint in self.joints]

    @cached_property
    def offsets(self) -> Array:
        """(J, 3) offsets from the parents, in the figure's unit."""
        return np.array([joint.offset for joint in self.joints])

    @cached_property
    def limits(self) -> Array:
        """(J, 3, 2) minimum and maximum angles in degrees."""
        return np.array([joint.limits for joint in self.joints], float)

    @cached_property
    def _signs(self) -> Array:
        """(J, 3) signs of the rotations, see ``_SIGNS``."""
        return np.array([_SIGNS[joint.side] for joint in self.joints])

    def clip(self, angles: Array) -> Array:
        """Clip (J, 3) angles in degrees to the limits of the joints."""
        return np.clip(angles, self.limits[..., 0], self.limits[..., 1])

    def pose(
        self, angles: Array, root: Array, offsets: Array | None = None
    ) -> tuple[Array, Array]:
        """Compute the forward kinematics.

        Args:
            angles: (J, 3) in degrees, in the order that ``Joint.side`` describes.
            root: (3, 3) rotation from the figure's frame to the camera frame.
            offsets: (J, 3) in the figure's unit, for a figure of other proportions; None takes
                the skeleton's own.

        Returns:
            (J, 3) positions relative to the root joint in the figure's unit, and (J, 3, 3)
            orientations of the bones that start at the joints, both in the camera frame.
        """
        offsets = self.offsets if offsets is None else offsets
        flex, abduct, twist = self._signs.T * angles.T
        local = rotation_matrices(np.stack([flex, twist, abduct], axis=1))
        positions, orientations = np.zeros((len(local), 3)), np.empty_like(local)
        for j, parent in enumerate(self.parents):
            base = root if parent < 0 else orientations[parent]
            if parent >= 0:
                positions[j] = positions[parent] + base @ offsets[j]
            orientations[j] = base @ local[j]
        return positions, orientations


@dataclass(frozen=True)
class View:
    """A scaled orthographic camera, from the figure's unit to image px.

    Attributes:
        scale: Image px per unit of the figure.
        origin: (2,) position of the figure's root in image px.
    """

    scale: float
    origin: Array

    def __call__(self, points: Array) -> Array:
        """Project (..., 3) points in the figure's unit to (..., 2) image px."""
        return points[..., :2] * self.scale + self.origin


def capsule_outline(start: Array, end: Array, start_radius: float, end_radius: float) -> Array:
    """Return (48, 2) points on two circles whose convex hull is a tapered capsule.

    Centres and radii are in image px.
    """
    return np.concatenate(
        [start + start_radius * _UNIT_CIRCLE, end + end_radius * _UNIT_CIRCLE]
    )


def projected_ellipse(axes: Sequence[float] | Array, rotation: Array) -> Array:
    """Return the ellipse to which an ellipsoid projects.

    Args:
        axes: Half axes along x, y and z of the ellipsoid's frame.
        rotation: (3, 3) rotation from that frame to the camera frame.

    Returns:
        (2, 2) matrix that maps the unit circle to the ellipse, in the unit of the axes and
        without its centre. The matrix is symmetric, so it does not rotate a texture.

    >>> projected_ellipse([1.0, 2.0, 3.0], np.eye(3)).round(3)
    array([[1., 0.],
           [0., 2.]])
    """
    spread = rotation[:2] * np.asarray(axes)
    a, b, _, c = (spread @ spread.T).ravel().tolist()
    root = max(a * c - b * b, 1e-12) ** 0.5  # square root of a 2 x 2 matrix
    return np.array([[a + root, b], [b, c + root]]) / (a + c + 2 * root) ** 0.5


def ellipse_outline(centre: Array, ellipse: Array) -> Array:
    """Return (24, 2) points on the ellipse ``centre + ellipse @ unit circle``."""
    return _UNIT_CIRCLE @ ellipse.T + centre


def sphere_points(azimuth: ArrayLike, elevation: ArrayLike) -> Array:
    """Return (P, 3) points on the unit sphere by azimuth and elevation in degrees.

    Azimuth 0, elevation 0 is the figure's front (-z). Positive azimuths lie on its left (+x),
    positive elevations above (-y).

    >>> sphere_points([0, 90], [0, 0]).round(3) + 0
    array([[ 0.,  0., -1.],
           [ 1.,  0.,  0.]])
    """
    a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
    return np.stack([np.sin(a) * np.cos(e), -np.sin(e), -np.cos(a) * np.cos(e)], 1)


def visible_patch(
    points: Array, axes: Sequence[float] | Array, rotation: Array
) -> Array | None:
    """Return the visible part of a patch on an ellipsoid's surface.

    Args:
        points: (P, 3) points of the patch on the unit sphere, on its border and inside, at most
            about 30 degrees apart.
        axes: Half axes along x, y and z of the ellipsoid's frame.
        rotation: (3, 3) rotation from that frame to the camera frame.

    Returns:
        Points relative to the ellipsoid's centre in the camera frame, in the unit of the axes,
        whose convex hull is the visible part. Points slightly behind the silhouette are moved
        onto it, points farther behind are dropped. None if the whole patch is on the far side.
    """
    axes = np.asarray(axes)
    away = rotation[2] / axes  # the normal at a point p points away if p @ away > 0
    away = away / math.sqrt(away @ away)
    depth = points @ away
    if depth.min() > 0:
        return None
    near = depth < 0.2
    points, depth = points[near], depth[near]
    points = points - np.maximum(depth, 0)[:, None] * away
    points = points / np.sqrt((points * points).sum(axis=1, keepdims=True))
    return (points * axes) @ rotation.T
