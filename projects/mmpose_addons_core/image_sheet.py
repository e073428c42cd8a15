"""Arrange images, with a line of text each, in one picture.

All images are uint8, BGR. Sizes are px.
"""

from collections.abc import Sequence
from math import ceil

import cv2
import numpy as np

CAPTION_HEIGHT = 22
"""Of a bar with a line of text, px."""


def grid(images: Sequence[np.ndarray], columns: int, gap: int = 0) -> np.ndarray:
    """Arrange N images of one size in rows, on white.

    Args:
        images: (h, w, 3) each.
        columns: C, the number of images in a row; places after the last image stay white.
        gap: Between two images of a row, px.

    Returns:
        (H, W, 3), with H = ceil(N / C) h and W = C (w + gap) - gap.

    Raises:
        ValueError: There is no image.

    Example:
        >>> grid([np.zeros((1, 1, 3), np.uint8)] * 3, columns=2)[..., 0]
        array([[  0,   0],
               [  0, 255]], dtype=uint8)
    """
    if not images:
        raise ValueError('a sheet needs at least one image, got none')
    height, width = images[0].shape[:2]
    rows = ceil(len(images) / columns)
    sheet = np.full((rows * height, columns * (width + gap) - gap, 3), 255, np.uint8)
    for number, image in enumerate(images):
        top = number // columns * height
        left = number % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def caption(
    text: str, width: int, height: int = CAPTION_HEIGHT, scale: float = 0.45
) -> np.ndarray:
    """Return a white bar (height, width, 3) with a line of black text.

    Args:
        text: What does not fit into the width is cut off.
        width: Of the bar, px.
        height: Of the bar, px.
        scale: Of OpenCV's font; 0.45 makes capital letters 10 px high.
    """
    bar = np.full((height, width, 3), 255, np.uint8)
    baseline = height - ceil(height / 4)
    font = cv2.FONT_HERSHEY_SIMPLEX
    return cv2.putText(bar, text, (3, baseline), font, scale, (0, 0, 0), 1, cv2.LINE_AA)


def fitted(image: np.ndarray, side: int) -> tuple[np.ndarray, float]:
    """Scale an image (H, W, 3) into the upper left of a white square.

    Args:
        image: It keeps its shape.
        side: Of the square, px.

    Returns:
        The square (side, side, 3), and px of it per px of the image.

    Example:
        >>> square, scale = fitted(np.zeros((4, 8, 3), np.uint8), 4)
        >>> square[..., 0].tolist(), scale
        ([[0, 0, 0, 0], [0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 255]], 0.5)
    """
    scale = side / max(image.shape[:2])
    width, height = (max(1, round(length * scale)) for length in image.shape[1::-1])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    square = np.full((side, side, 3), 255, np.uint8)
    square[:height, :width] = cv2.resize(image, (width, height), interpolation=method)
    return square, scale
