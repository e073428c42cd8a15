"""Predicted landmarks over ground truth, one image per face.

Shape letters: K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from mmpose_addons_core.faces import head_pose
from mmpose_addons_core.image_sheet import caption, grid

from .face import GREEN, draw_face, draw_head_axes

RED = (60, 60, 230)
MARGIN = 0.25  # round the landmarks, as a share of their extent


def face_image(
    image: np.ndarray,
    truth: np.ndarray,
    visible: np.ndarray,
    predicted: np.ndarray,
    text: str,
    cell: int = 320,
) -> np.ndarray:
    """Draw a face with true landmarks (green), predicted ones (red) and head axes.

    Axes are drawn for layouts that have a template of the head. Landmarks that are all at one
    point are drawn without enlarging the image.

    Args:
        image: (H, W, 3), uint8, BGR.
        truth: (K, 2).
        visible: (K,), bool.
        predicted: (K, 2).
        text: The caption.
        cell: Height and width of the image without its caption, px.
    """
    shown = truth[visible] if visible.any() else predicted
    low, high = shown.min(0), shown.max(0)
    side = (1 + 2 * MARGIN) * (high - low).max() or float(cell)
    scale = cell / side
    corner = (low + high - side) / 2
    transform = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
    crop = cv2.warpAffine(image, transform, (cell, cell), flags=cv2.INTER_LINEAR)
    crop = draw_face(crop, (truth - corner) * scale, visible, GREEN)
    moved = (predicted - corner) * scale
    crop = draw_face(crop, moved, colour=RED)
    if len(predicted) in (68, 98):
        crop = draw_head_axes(crop, head_pose(moved[None]))
    return np.vstack([caption(text, cell), crop])


def selected_faces(errors: np.ndarray, count: int, select: str) -> np.ndarray:
    """Return the indices of the faces to draw.

    Args:
        errors: (N,); a face without an error (NaN) is neither best nor worst.
        count: Number of faces.
        select: ``'even'``: all faces in their order; ``'best'`` or ``'worst'``: those with the
            smallest or the largest error, the most extreme first.

    Example:
        >>> selected_faces(np.array([0.2, 0.1, np.nan, 0.4]), 2, 'worst')
        array([3, 0])
    """
    if select == 'even':
        return np.arange(len(errors))
    order = np.argsort(errors if select == 'best' else -errors)  # NaN comes last
    return order[: min(count, (~np.isnan(errors)).sum())]


def sheet(images: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Arrange images of one size in rows; a single row is as wide as its images."""
    return grid(images, min(columns, len(images)))
