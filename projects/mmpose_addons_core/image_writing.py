"""Write images completely or not at all, with the true reason of a failure."""

import os
from pathlib import Path

import cv2
import numpy as np

from .fileio import atomic_write


class ImageWriteError(ValueError):
    """An image that cannot be written under this name."""


def write_image(target: str | os.PathLike, image: np.ndarray) -> None:
    """Write an image; its format is that of the file's suffix.

    ``cv2.imwrite`` reports neither a full disk nor a missing permission.

    Args:
        target: The file; missing folders are created.
        image: (H, W, 3) or (H, W), BGR or grey, uint8.

    Raises:
        ImageWriteError: OpenCV cannot write files of this suffix.
        OSError: The file cannot be written.
    """
    target = Path(target)
    try:
        _, content = cv2.imencode(target.suffix, image)
    except cv2.error:
        raise ImageWriteError(
            f'{target}: expected a suffix such as .png or .jpg, got {target.suffix!r}'
        ) from None
    with atomic_write(target) as unfinished:
        unfinished.write_bytes(content.tobytes())
