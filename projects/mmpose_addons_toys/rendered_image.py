"""What every renderer of toy data hands out."""

from dataclasses import dataclass
from typing import Any

import cv2

from .drawing import Image


@dataclass(frozen=True)
class RenderedImage:
    """A picture and what is in it.

    Attributes:
        image: (H, W, 3) blue, green, red.
        annotations: COCO annotations without ids.
        quality: For the JPEG file, 0 to 100.
    """

    image: Image
    annotations: list[dict[str, Any]]
    quality: int = 90

    def jpeg(self) -> bytes:
        """The picture as a JPEG file."""
        _, data = cv2.imencode('.jpg', self.image, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return data.tobytes()
