"""Landmarks and head pose drawn on an image.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px. Colours are BGR.
"""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from mmpose_addons_core.faces import HeadPose, face_layout
from mmpose_addons_core.faces.layouts import CLOSED_PARTS
from mmpose_addons_core.pixel_points import pixel_points

Colour = tuple[int, int, int]

GREEN: Colour = (60, 200, 60)
AXES: dict[str, tuple[tuple[int, int, int], Colour]] = {
    'right': ((1, 0, 0), (60, 60, 230)),
    'down': ((0, 1, 0), (60, 200, 60)),
    'forward': ((0, 0, -1), (240, 120, 40)),
}
"""Direction in the head's frame, and colour: red, green, blue."""
FRACTION = 4  # bits of OpenCV's fixed-point coordinates


def draw_face(
    image: np.ndarray,
    landmarks: np.ndarray,
    visible: np.ndarray | None = None,
    colour: Colour = GREEN,
) -> np.ndarray:
    """Return a copy of the image with the lines and points of a face.

    Lines join the landmarks of a part in layouts that :func:`face_layout` knows.

    Args:
        image: (H, W, 3), uint8.
        landmarks: (K, 2); a landmark with NaN is not drawn.
        visible: (K,), bool; all by default.
        colour: Of lines and points.
    """
    image = image.copy()
    shown = np.isfinite(landmarks).all(-1)
    if visible is not None:
        shown &= np.asarray(visible, dtype=bool)
    points = _fixed_point(np.where(shown[:, None], landmarks, 0))
    size = np.ptp(landmarks[shown], axis=0).max() if shown.any() else 0
    for start, end in _lines(len(landmarks)):
        if shown[start] and shown[end]:
            cv2.line(image, points[start], points[end], colour, 1, cv2.LINE_AA, FRACTION)
    radius = min(max(1.0, size / 120), max(image.shape[:2]))
    for point in np.array(points)[shown].tolist():
        cv2.circle(image, point, _fixed_point(radius), colour, -1, cv2.LINE_AA, FRACTION)
    return image


def draw_head_axes(
    image: np.ndarray, pose: HeadPose, length: float = 60, origin: tuple = (0, 36, -28)
) -> np.ndarray:
    """Return a copy of the image with the axes of each head: right, down, and forward.

    Colours are those of :data:`AXES`; forward is the direction of the face. A pose that is
    NaN is not drawn.

    Args:
        image: (H, W, 3), uint8.
        pose: Of N faces.
        length: Of the axes, in the unit of the pose's template.
        origin: Start of the axes in the head's frame; by default the tip of the nose.
    """
    image = image.copy()
    ends = np.array([direction for direction, _ in AXES.values()]) * length
    faces = pose.project(np.concatenate(([[0, 0, 0]], ends)) + origin)
    lengths = length * pose.focal / pose.translation[:, 2]
    for face, size in zip(faces, lengths, strict=True):
        if not np.isfinite(face).all():
            continue
        start, *tips = _fixed_point(face)
        width = round(min(max(1.0, size / 30), max(image.shape[:2])))
        for tip, (_, colour) in zip(tips, AXES.values(), strict=True):
            cv2.arrowedLine(image, start, tip, colour, width, cv2.LINE_AA, FRACTION, 0.15)
    return image


def _lines(count: int) -> list[tuple[int, int]]:
    try:
        parts = face_layout(count).parts.items()
    except ValueError:
        return []
    lines: list[tuple[int, int]] = []
    for name, part in parts:
        if name != 'pupils':
            lines += pairwise(part)
        if name in CLOSED_PARTS:
            lines.append((part[-1], part[0]))
    return lines


def _fixed_point(values: Any) -> Any:
    """Convert to the whole numbers that OpenCV takes with ``shift=FRACTION``."""
    return pixel_points(values, FRACTION).tolist()
