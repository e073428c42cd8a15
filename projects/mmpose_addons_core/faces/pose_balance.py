"""Pose-based data balancing of the Wing loss paper (Feng et al., CVPR 2018, arXiv 1711.06753).

Most faces of a data set look into the camera. The paper aligns the landmarks of all training
faces (Procrustes), takes the first principal component, which is mainly the yaw of the head,
divides its coefficients into bins, and duplicates the faces of bins with few faces. The
duplicates differ by the random augmentation of training.

Shape letters: N faces, K landmarks. Coordinates are (x, y), any unit.
"""

import numpy as np

from ..setting_checks import check_counts

ALIGNMENTS = 10
"""Rounds of the generalised Procrustes alignment; the mean shape no longer changes then."""
DECIMALS = 5
"""Of the coefficients, so that equal shapes in float32 have equal ones; a shape has norm 1."""


def aligned_shapes(shapes: np.ndarray) -> np.ndarray:
    """Align shapes: no position, size or rotation in the image plane, (N, K, 2).

    Generalised Procrustes analysis without reflections: each shape is centred, scaled to norm
    1 and rotated to the mean of all shapes, several times.

    Args:
        shapes: (N, K, 2).

    Raises:
        ValueError: If the shapes are not (N, K, 2) with at least one face, a coordinate is
            not finite, or all landmarks of a face are at one point.
    """
    shapes = np.asarray(shapes, dtype=np.float64)
    if shapes.ndim != 3 or shapes.shape[-1] != 2 or not len(shapes):
        raise ValueError(f'shapes must be (N, K, 2) with N > 0, got {shapes.shape}')
    if not np.isfinite(shapes).all():
        face = int(np.argwhere(~np.isfinite(shapes).all((1, 2)))[0, 0])
        raise ValueError(f'landmarks must be finite, got another value in face {face}')
    # a rotation in the plane is a product of complex numbers
    points = shapes[..., 0] + 1j * shapes[..., 1]
    points = points - points.mean(1, keepdims=True)
    sizes = np.linalg.norm(points, axis=1)
    if not sizes.all():
        face = int(np.flatnonzero(sizes == 0)[0])
        raise ValueError(f'a face needs an extent, got all landmarks at one point in {face}')
    points = points / sizes[:, None]
    reference = points[0]
    for _ in range(ALIGNMENTS):
        turn = points.conj() @ reference
        points = points * (turn / np.maximum(np.abs(turn), np.finfo(float).tiny))[:, None]
        reference = points.mean(0)
    return np.stack((points.real, points.imag), axis=-1)


def pose_coefficients(shapes: np.ndarray) -> np.ndarray:
    """Return the aligned shapes' coefficients (N,) of the first principal component.

    The sign is that for which the component's largest entry is positive. Coefficients are
    rounded to :data:`DECIMALS`.

    Args:
        shapes: (N, K, 2).

    Raises:
        ValueError: As :func:`aligned_shapes`.
    """
    flat = aligned_shapes(shapes).reshape(len(shapes), -1)
    flat = flat - flat.mean(0)
    component = np.linalg.svd(flat, full_matrices=False)[2][0]
    sign = np.sign(component[np.abs(component).argmax()])
    return (flat @ component * sign).round(DECIMALS)


def check_balance(bins: int, limit: int | None) -> None:
    """Refuse settings of :func:`balanced_repeats` that are no whole numbers of at least 1.

    Raises:
        SettingError: It names the setting.

    Example:
        >>> check_balance(9, 0)
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            limit must be a whole number of at least 1, got 0
    """
    check_counts(1, bins=bins)
    if limit is not None:
        check_counts(1, limit=limit)


def balanced_repeats(
    coefficients: np.ndarray, bins: int = 9, limit: int | None = None
) -> np.ndarray:
    """Return how often (N,) each face appears so that all bins are as full as the fullest.

    Args:
        coefficients: (N,), such as those of :func:`pose_coefficients`.
        bins: Number of bins of equal width between the least and the greatest coefficient.
        limit: A face appears at most so often; None: as often as its bin needs.

    Raises:
        ValueError: If there is no face, a coefficient is not finite, or `bins` or `limit` is
            no whole number of at least 1.

    Example:
        >>> balanced_repeats(np.array([0.0, 0.1, 0.1, 0.2, 0.9, 1.0]), bins=2)
        array([1, 1, 1, 1, 2, 2])
        >>> balanced_repeats(np.array([0.0, 0.1, 0.1, 0.2, 1.0]), bins=2, limit=3)
        array([1, 1, 1, 1, 3])
    """
    coefficients = np.asarray(coefficients, dtype=np.float64)
    if coefficients.ndim != 1 or not len(coefficients) or not np.isfinite(coefficients).all():
        raise ValueError(
            f'coefficients must be finite, (N,) with N > 0, got shape {coefficients.shape}'
        )
    check_balance(bins, limit)
    low, high = coefficients.min(), coefficients.max()
    width = (high - low) / bins or 1.0
    places = np.minimum(((coefficients - low) / width).astype(int), bins - 1)
    filled, counts = np.unique(places, return_counts=True)
    repeats = np.zeros(len(coefficients), dtype=int)
    for place in filled:
        faces = np.flatnonzero(places == place)
        whole, rest = divmod(counts.max(), len(faces))
        repeats[faces] = whole
        repeats[faces[:rest]] += 1
    return repeats if limit is None else np.minimum(repeats, limit)
