"""Predicted landmarks over true ones, one picture a face.

Shape letters: K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from mmpose_addons_core.faces import head_pose

from .face import GREEN, draw_face, draw_head_axes
from .pose_sheet import caption

RED = (60, 60, 230)
MARGIN = 0.25  # round the landmarks, as a share of their extent


def face_picture(
    image: np.ndarray,
    truth: np.ndarray,
    visible: np.ndarray,
    predicted: np.ndarray,
    text: str,
    cell: int = 320,
) -> np.ndarray:
    """A face with its true landmarks in green, the predicted ones in red and their head's axes.

    The head's pose is found where :func:`~mmpose_addons_core.faces.face_layout` has a template.

    Args:
        image: (H, W, 3), uint8, BGR.
        truth: (K, 2).
        visible: (K,), bool.
        predicted: (K, 2).
        text: The caption.
        cell: Height and width of the picture without its caption, px.
    """
    shown = truth[visible] if visible.any() else predicted
    low, high = shown.min(0), shown.max(0)
    side = (1 + 2 * MARGIN) * (high - low).max()
    scale = cell / side
    corner = (low + high - side) / 2
    transform = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
    picture = cv2.warpAffine(image, transform, (cell, cell), flags=cv2.INTER_LINEAR)
    picture = draw_face(picture, (truth - corner) * scale, visible, GREEN)
    moved = (predicted - corner) * scale
    picture = draw_face(picture, moved, colour=RED)
    if len(predicted) in (68, 98):
        picture = draw_head_axes(picture, head_pose(moved[None]))
    return np.vstack([caption(text, cell), picture])


def sheet(pictures: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Pictures of one size side by side, white where there are none."""
    empty = np.full_like(pictures[0], 255)
    rows = [list(pictures[i : i + columns]) for i in range(0, len(pictures), columns)]
    rows[-1] += [empty] * (min(columns, len(pictures)) - len(rows[-1]))
    return np.vstack([np.hstack(row) for row in rows])
