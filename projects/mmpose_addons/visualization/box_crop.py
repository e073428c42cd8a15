"""Small pictures of animals for HTML pages.

Coordinates are (x, y) in image px.
"""

import base64

import cv2
import numpy as np

CELL = 330
"""Width and height of a picture, px; pages show it smaller."""


def box_crop(
    image: np.ndarray, box: np.ndarray, *points: np.ndarray, enlarged: float = 1.5
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Crop an enlarged square of the box to ``CELL`` px, and move points along.

    A box as large as the image is not enlarged.

    Args:
        image: (H, W, 3), uint8.
        box: x, y, width, height.
        points: (K, 2) each.
        enlarged: Side of the square over that of the box.
    """
    x, y, width, height = box
    whole = max(width, height) >= max(image.shape[:2])
    side = (1 if whole else enlarged) * max(width, height, 1)
    corner = np.array([x + width / 2, y + height / 2]) - side / 2
    scale = CELL / side
    matrix = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    crop = cv2.warpAffine(image, matrix, (CELL, CELL), flags=cv2.INTER_AREA)
    return crop, [(some - corner) * scale for some in points]


def jpeg_text(image: np.ndarray) -> str:
    """Return a JPEG file in base64."""
    _, jpeg = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return base64.b64encode(jpeg.tobytes()).decode()
