"""Draw a pose on an image.

Shape letters: K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from mmpose_addons_core.keypoints.sides import side_colour
from mmpose_addons_core.pixel_points import pixel_points

POINT = 3  # diameter of a keypoint with its white edge, in widths of a limb


def draw_pose(
    image: np.ndarray,
    keypoints: np.ndarray,
    shown: np.ndarray,
    skeleton: Iterable[Sequence[int]],
    sides: Sequence[str],
) -> np.ndarray:
    """Return a copy of ``image`` with a pose drawn on it.

    Points are smaller than usual where the pose is small or has many keypoints, so that they
    do not cover each other.

    Args:
        image: (H, W, 3), uint8, BGR.
        keypoints: (K, 2).
        shown: (K,), which keypoints to draw.
        skeleton: Pairs of keypoint indices, from 0.
        sides: ``'left'``, ``'right'`` or ``''`` of the K keypoints; they are coloured apart.
    """
    image = image.copy()
    room = _spacing(keypoints[np.asarray(shown, dtype=bool)]) / POINT
    width = max(1, round(min(max(image.shape[:2]) / 150, room)))
    # fixed-point coordinates with 4 fractional bits: lines end where the keypoints are
    points = pixel_points(keypoints, 4).tolist()
    for a, b in skeleton:
        if shown[a] and shown[b]:
            colour = side_colour(sides[a], sides[b])[::-1]
            cv2.line(image, points[a], points[b], colour, width, cv2.LINE_AA, 4)
    for point, side, is_shown in zip(points, sides, shown, strict=True):
        if is_shown:
            cv2.circle(image, point, 8 * POINT * width, (255, 255, 255), -1, cv2.LINE_AA, 4)
            cv2.circle(image, point, 16 * width, side_colour(side)[::-1], -1, cv2.LINE_AA, 4)
    return image


def _spacing(points: np.ndarray) -> float:
    """Return the median distance of points (N, 2) to their nearest neighbours, px.

    Points that are not finite do not count; infinite of fewer than two points.

    >>> _spacing(np.array([[0, 0], [3, 4], [3, 8]]))
    4.0
    """
    points = np.asarray(points, dtype=np.float64)
    points = points[np.isfinite(points).all(-1)]
    if len(points) < 2:
        return float('inf')
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    np.fill_diagonal(distances, np.inf)
    return float(np.median(distances.min(1)))
