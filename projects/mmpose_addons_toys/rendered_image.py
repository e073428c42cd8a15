"""The result of every renderer of toy data, and the check of the renderers' arguments."""

from dataclasses import dataclass
from typing import Any

import cv2

from .drawing import Image


@dataclass(frozen=True)
class RenderedImage:
    """An image and its annotations.

    Attributes:
        image: (H, W, 3) uint8, blue, green, red.
        annotations: COCO annotations without ids.
        quality: Quality of the JPEG file, 0 to 100.
    """

    image: Image
    annotations: list[dict[str, Any]]
    quality: int = 90

    def jpeg(self) -> bytes:
        """Encode the image as a JPEG file."""
        _, data = cv2.imencode('.jpg', self.image, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return data.tobytes()


def check_image_arguments(seed: int, index: int, size: int) -> None:
    """Raise a ``ValueError`` unless seed, index and size (px) are those of an image.

    >>> check_image_arguments(seed=0, index=0, size=32)
    Traceback (most recent call last):
    ...
    ValueError: expected seed >= 0, index >= 0 and size >= 64, got seed=0, index=0, size=32.
    """
    if seed < 0 or index < 0 or size < 64:
        raise ValueError(
            'expected seed >= 0, index >= 0 and size >= 64, '
            f'got seed={seed}, index={index}, size={size}.'
        )
