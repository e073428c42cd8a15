"""Head pose from landmarks: perspective-n-point (PnP), batched over faces.

Shape letters: N faces, K landmarks. Image coordinates are (x, y) in px; the camera's frame is
right-handed: x to the right of the image, y down, z from the camera into the scene.

A head at angles (0, 0, 0) looks along -z, as it does when it faces a camera in front of it.
Its rotation is R = Rz(roll) Ry(yaw) Rx(pitch), each right-handed about the camera's axis of
that name, and maps the head's frame (see :mod:`.layouts`) to the camera's. So

- yaw > 0 turns the face to the left of the image,
- pitch > 0 lowers it,
- roll > 0 turns it clockwise in the image.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..setting_checks import check_size
from .layouts import face_layout

MIN_LANDMARKS = 6
MIN_SIZE = 1e-3  # smallest size of a face, px
MAX_ITERATIONS = 50  # of Levenberg-Marquardt
MIN_GAIN = 1e-9  # relative decrease of the cost below which it has converged
MAX_DAMPING = 1e6
WEAK_PERSPECTIVE_DISTANCE = 1e4  # in sizes of the head; farther has no visible perspective


@dataclass(frozen=True)
class HeadPose:
    """Poses of N faces; NaN where a face has too few landmarks or no extent.

    Args:
        rotation: (N, 3, 3), head frame to camera frame.
        translation: (N, 3), the head's origin in the camera frame, in the template's unit.
        error: (N,), px, root mean square distance of the landmarks from the template's
            projection; a measure of the fit.
        focal: (N,), px, the focal length that was used.
        centre: (N, 2), px, the principal point that was used.
    """

    rotation: np.ndarray
    translation: np.ndarray
    error: np.ndarray
    focal: np.ndarray
    centre: np.ndarray

    @property
    def angles(self) -> np.ndarray:
        """(N, 3), degrees: yaw in [-90, 90], pitch and roll in [-180, 180]."""
        return euler_angles(self.rotation)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Project points (P, 3) in the head's frame to image points (N, P, 2), px."""
        return project(points, self.rotation, self.translation, self.focal, self.centre)


def head_pose(
    landmarks: np.ndarray,
    weights: np.ndarray | None = None,
    template: np.ndarray | None = None,
    focal: float | np.ndarray | None = None,
    centre: tuple[float, float] | np.ndarray | None = None,
    image_size: tuple[int, int] | None = None,
) -> HeadPose:
    """Estimate rotation and translation of each head; least squares of reprojection.

    The focal length is `focal`, or guessed as the longer side of `image_size` (a lens of
    53 degrees across), or, with neither, infinite: weak perspective, all landmarks seen under
    the same scale. The weak-perspective pose is also the first guess of the others, and the
    result for a face whose perspective fit does not converge.

    Args:
        landmarks: (N, K, 2), px.
        weights: (N, K), not negative, 0 for invisible landmarks. A landmark with NaN has
            weight 0 in any case. By default ``FaceLayout.steadiness``, or 1 with a template.
        template: (K, 3), any unit, in the head's frame. By default the one of
            :func:`face_layout`, in mm.
        focal: Focal length in px, one for all or (N,).
        centre: Principal point in px, one for all or (N, 2). By default the middle of
            `image_size`, or the mean of the landmarks without it.
        image_size: (w, h) of the image that the camera took, px; not of a crop.

    Raises:
        ValueError: If a shape does not fit, a template is needed and not given, the template is
            not finite, a weight is negative or not finite, or `focal`, `centre` or `image_size`
            are no such sizes.

    Example:
        >>> face = face_layout(68).template
        >>> turned = face @ rotation_matrix(np.array([20.0, -5.0, 10.0])).T
        >>> pose = head_pose(turned[None, :, :2] + 100)
        >>> pose.angles.round(2)
        array([[20., -5., 10.]])
    """
    landmarks = np.asarray(landmarks, dtype=np.float64)
    if landmarks.ndim != 3 or landmarks.shape[-1] != 2:
        raise ValueError(f'landmarks must have shape (N, K, 2), got {landmarks.shape}')
    count, points = landmarks.shape[:2]
    if weights is None:
        steady = np.ones(points) if template is not None else face_layout(points).steadiness
        weights = np.broadcast_to(steady, (count, points))
    weights = np.asarray(weights, dtype=np.float64)
    template = np.asarray(
        face_layout(points).template if template is None else template, dtype=np.float64
    )
    if template.shape != (points, 3) or weights.shape != (count, points):
        raise ValueError(
            f'landmarks {landmarks.shape} need a template {(points, 3)} and weights '
            f'{(count, points)}, got {template.shape} and {weights.shape}'
        )
    if not np.isfinite(template).all():
        raise ValueError('the template must be finite, got another value')
    if not (np.isfinite(weights) & (weights >= 0)).all():
        wrong = weights[~(np.isfinite(weights) & (weights >= 0))][0]
        raise ValueError(f'weights must be finite and not negative, got {wrong}')
    focals, centres = _camera(count, focal, centre, image_size)
    known = np.isfinite(landmarks).all(-1) & (weights > 0)
    enough = known.sum(-1) >= MIN_LANDMARKS
    weights = np.where(known & enough[:, None], weights, 0.0)
    landmarks = np.where(known[..., None], landmarks, 0.0)

    rotation, scale, origin = _weak_perspective(landmarks, weights, template)
    size = np.ptp(template, axis=0).max()
    enough &= scale * size > MIN_SIZE
    scale = np.where(enough, scale, 1.0)
    if centres is None:
        centres = np.einsum('nk,nkc->nc', weights, landmarks) / _total(weights)[:, None]
    if focals is None:
        focals = WEAK_PERSPECTIVE_DISTANCE * size * scale

    depth = focals / scale
    aside = (origin - centres) / scale[:, None]
    translation = np.concatenate((aside, depth[:, None]), axis=-1)
    view = _View(landmarks, weights, template, focals, centres)
    rotation, translation = _refined(rotation, translation, view)
    squares = _squared_error(rotation, translation, view)
    missing = np.where(enough, 1.0, np.nan)
    return HeadPose(
        rotation * missing[:, None, None],
        translation * missing[:, None],
        np.sqrt(squares / _total(weights)) * missing,
        focals,
        centres,
    )


def _camera(
    count: int, focal: Any, centre: Any, image_size: Any
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return focal lengths (N,) and principal points (N, 2), px; None where unknown.

    Raises:
        ValueError: If they are no such sizes.
    """
    if image_size is not None:
        check_size('image_size', image_size)
        focal = max(image_size) if focal is None else focal
        centre = np.subtract(image_size, 1) / 2 if centre is None else centre
    if focal is not None:
        given = np.asarray(focal, dtype=np.float64)
        if given.shape not in ((), (count,)) or not (np.isfinite(given) & (given > 0)).all():
            raise ValueError(f'focal must be positive px, one or {count}, got {focal!r}')
        focal = np.broadcast_to(given, (count,))
    if centre is not None:
        given = np.asarray(centre, dtype=np.float64)
        if given.shape not in ((2,), (count, 2)) or not np.isfinite(given).all():
            raise ValueError(f'centre must be x and y in px, one or {count}, got {centre!r}')
        centre = np.broadcast_to(given, (count, 2))
    return focal, centre


def project(
    points: np.ndarray,
    rotation: np.ndarray,
    translation: np.ndarray,
    focal: np.ndarray,
    centre: np.ndarray,
) -> np.ndarray:
    """Project points (P, 3) in the head's frame to image points (N, P, 2), px; see HeadPose."""
    seen = _turned(points, rotation) + translation[:, None]
    return focal[:, None, None] * seen[..., :2] / seen[..., 2:] + centre[:, None]


def rotation_matrix(angles: np.ndarray) -> np.ndarray:
    """Return matrices (..., 3, 3) of angles (..., 3), yaw, pitch and roll in degrees.

    Example:
        >>> nose = np.array([0, 0, -1])
        >>> (rotation_matrix(np.array([30, 0, 0])) @ nose).round(2)  # yaw: to the left
        array([-0.5 ,  0.  , -0.87])
    """
    (sy, sp, sr), (cy, cp, cr) = (
        np.moveaxis(function(np.radians(angles)), -1, 0) for function in (np.sin, np.cos)
    )
    rows = (
        (cr * cy, cr * sy * sp - sr * cp, cr * sy * cp + sr * sp),
        (sr * cy, sr * sy * sp + cr * cp, sr * sy * cp - cr * sp),
        (-sy, cy * sp, cy * cp),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def euler_angles(rotation: np.ndarray) -> np.ndarray:
    """Return yaw, pitch and roll in degrees, (..., 3), of rotations (..., 3, 3).

    The inverse of :func:`rotation_matrix` for a yaw within [-90, 90].

    Example:
        >>> euler_angles(rotation_matrix(np.array([30.0, -10.0, 5.0]))).round(9)
        array([ 30., -10.,   5.])
    """
    yaw = np.arcsin(np.clip(-rotation[..., 2, 0], -1, 1))
    pitch = np.arctan2(rotation[..., 2, 1], rotation[..., 2, 2])
    roll = np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0])
    return np.degrees(np.stack((yaw, pitch, roll), axis=-1))


class _View(NamedTuple):
    """N faces in images and the camera that took them; shapes as in :func:`head_pose`."""

    landmarks: np.ndarray
    weights: np.ndarray
    template: np.ndarray
    focal: np.ndarray
    centre: np.ndarray

    def residual(self, rotation: np.ndarray, translation: np.ndarray) -> np.ndarray:
        """Return the distance (N, K, 2), px, from landmarks to the template's projection."""
        projected = project(self.template, rotation, translation, self.focal, self.centre)
        return projected - self.landmarks


def _turned(points: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Turn points (P, 3) by rotations (N, 3, 3): (N, P, 3)."""
    return np.einsum('ncd,pd->npc', rotation, points)


def _total(weights: np.ndarray) -> np.ndarray:
    """Sum of the weights of each face, 1 where there are none."""
    total = weights.sum(-1)
    return np.where(total > 0, total, 1.0)


def _weak_perspective(
    landmarks: np.ndarray, weights: np.ndarray, template: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit rotation (N, 3, 3), scale (N,) in px per unit and origin (N, 2) in px: p = s R X + o.

    The affine camera of least squares, then the nearest one with orthonormal rows.
    """
    shares = weights / _total(weights)[:, None]
    image_mean = np.einsum('nk,nkc->nc', shares, landmarks)
    model_mean = shares @ template
    image = landmarks - image_mean[:, None]
    model = template - model_mean[:, None]
    moments = np.einsum('nk,nkc,nkd->ncd', shares, model, model)
    affine = np.einsum('nk,nkc,nkd->ncd', shares, image, model) @ np.linalg.pinv(moments)
    left, sizes, right = np.linalg.svd(affine, full_matrices=False)
    rows = left @ right
    third = np.cross(rows[:, 0], rows[:, 1])
    scale = sizes.mean(-1)
    origin = image_mean - scale[:, None] * np.einsum('ncd,nd->nc', rows, model_mean)
    return np.concatenate((rows, third[:, None]), axis=1), scale, origin


def _refined(
    rotation: np.ndarray, translation: np.ndarray, view: _View
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise the reprojection error by Levenberg-Marquardt; refuse worse steps."""
    damping: np.ndarray = np.full(len(rotation), 1e-3)
    converged = np.zeros(len(rotation), dtype=bool)
    cost = _squared_error(rotation, translation, view)
    for _ in range(MAX_ITERATIONS):
        normal, gradient = _normal_equations(rotation, translation, view)
        diagonal = np.einsum('nii->ni', normal) * damping[:, None] + np.finfo(float).tiny
        damped = normal + diagonal[:, :, None] * np.eye(6)
        step = -np.linalg.solve(damped, gradient[..., None])[..., 0]
        new_rotation = _turn(step[:, :3]) @ rotation
        new_translation = translation + step[:, 3:]
        new_cost = _squared_error(new_rotation, new_translation, view)
        better = (new_cost < cost) & (new_translation[:, 2] > 0)
        converged |= np.where(
            better, cost - new_cost <= MIN_GAIN * cost, damping >= MAX_DAMPING
        )
        rotation = np.where(better[:, None, None], new_rotation, rotation)
        translation = np.where(better[:, None], new_translation, translation)
        cost = np.where(better, new_cost, cost)
        damping = np.where(better, damping / 10, damping * 10).clip(1e-9, MAX_DAMPING)
        if converged.all():
            break
    return rotation, translation


def _squared_error(rotation: np.ndarray, translation: np.ndarray, view: _View) -> np.ndarray:
    """Return the weighted sum of the squared distances, (N,), px^2."""
    residual = view.residual(rotation, translation)
    return np.einsum('nk,nkc,nkc->n', view.weights, residual, residual)


def _normal_equations(
    rotation: np.ndarray, translation: np.ndarray, view: _View
) -> tuple[np.ndarray, np.ndarray]:
    """Return J^T W J (N, 6, 6) and J^T W r (N, 6) for turns about the head, and shifts."""
    turned = _turned(view.template, rotation)
    x, y, z = np.moveaxis(turned + translation[:, None], -1, 0)
    zero = np.zeros_like(z)
    by_place = np.stack((z, zero, -x, zero, z, -y), axis=-1).reshape(*z.shape, 2, 3)
    by_place = by_place * (view.focal[:, None] / z**2)[..., None, None]
    # a small turn w moves a point p by w x p, so the row d / dp becomes p x (d / dp)
    by_turn = np.cross(turned[..., None, :], by_place)
    jacobian = np.concatenate((by_turn, by_place), axis=-1)
    residual = view.residual(rotation, translation)
    weighted = jacobian * view.weights[..., None, None]
    return (
        np.einsum('nkci,nkcj->nij', weighted, jacobian),
        np.einsum('nkci,nkc->ni', weighted, residual),
    )


def _turn(vector: np.ndarray) -> np.ndarray:
    """Return rotation matrices (N, 3, 3) of rotation vectors (N, 3) in radians (Rodrigues)."""
    angle = np.linalg.norm(vector, axis=-1)[:, None, None]
    x, y, z = vector.T
    zero = np.zeros_like(x)
    cross = np.stack((zero, -z, y, z, zero, -x, -y, x, zero), axis=-1).reshape(-1, 3, 3)
    half = np.sinc(angle / 2 / np.pi)
    return np.eye(3) + np.sinc(angle / np.pi) * cross + half**2 / 2 * cross @ cross
