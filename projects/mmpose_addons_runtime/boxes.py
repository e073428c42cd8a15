"""Boxes of the people of one image, from a detector or from the caller."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from .errors import ModelError
from .frames import Frame


class Boxes(NamedTuple):
    """Boxes of people, animals or faces in one image.

    Attributes:
        boxes: (N, 4), float32, (x1, y1, x2, y2), image px.
        scores: (N,), float32; a detector's from the highest down.
    """

    boxes: np.ndarray
    scores: np.ndarray


class Detector(Protocol):
    """Finds the boxes of each of some images."""

    def __call__(self, images: list[np.ndarray]) -> list[Boxes]:
        """Return the boxes of images (H, W, 3), uint8, BGR."""


def checked_boxes(boxes: np.ndarray, frame: Frame) -> Boxes:
    """Return boxes and scores of an array with four or five columns.

    Args:
        boxes: (N, 4), (x1, y1, x2, y2), image px, or with scores (N, 5).
        frame: Their image, which messages name.

    Raises:
        ValueError: The shape is another one, or a box is not finite or of negative size.
    """
    boxes = np.asarray(boxes, np.float32)
    if not boxes.size:
        boxes = boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5):
        raise ValueError(
            'boxes have the shape (N, 4) or, with scores, (N, 5); for image '
            f'{frame.index} got {boxes.shape}'
        )
    infinite = ~np.isfinite(boxes).all(1)
    if infinite.any():
        raise ValueError(
            f'boxes must be finite numbers; for image {frame.index} got '
            f'{boxes[infinite][0].tolist()}'
        )
    wrong = (boxes[:, 2:4] < boxes[:, :2]).any(1)
    if wrong.any():
        raise ValueError(
            f'boxes must be (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2; image {frame.index} '
            f'has {boxes[wrong][0, :4].tolist()}'
        )
    scores = boxes[:, 4] if boxes.shape[1] == 5 else np.ones(len(boxes), np.float32)
    return Boxes(boxes[:, :4], scores)


def class_label(category: str | int, classes: Sequence[str], of: str | Path) -> int:
    """Return the index of a class.

    Args:
        category: Its name or index.
        classes: Names of a detector's classes.
        of: Which detector, for the message.

    Raises:
        ModelError: There is no such class.

    Example:
        >>> class_label('person', ['cat', 'person'], 'rtmdet.onnx')
        1
    """
    if isinstance(category, str):
        if category not in classes:
            raise ModelError(f'{of}: category must be among {[*classes]}, got {category!r}')
        return classes.index(category)
    if not 0 <= category < len(classes):
        raise ModelError(f'{of}: category must be 0 to {len(classes) - 1}, got {category}')
    return category
