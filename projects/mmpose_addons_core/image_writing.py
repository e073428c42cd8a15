"""Write images completely or not at all, with the true reason of a failure."""

import os
from pathlib import Path

import cv2
import numpy as np

from .fileio import atomic_write


class ImageWriteError(ValueError):
    """An image that cannot be written under this name."""


def check_image_name(target: str | os.PathLike) -> None:
    """Refuse a name that :func:`write_image` cannot write, before the work for the image.

    Raises:
        ImageWriteError: The suffix is that of no format of OpenCV.
    """
    suffix = Path(target).suffix
    if not (suffix and cv2.haveImageWriter(f'image{suffix}')):
        raise _unfit(target)


def write_image(
    target: str | os.PathLike, image: np.ndarray, quality: int | None = None
) -> None:
    """Write an image; its format is that of the file's suffix.

    ``cv2.imwrite`` reports neither a full disk nor a missing permission.

    Args:
        target: The file; missing folders are created.
        image: (H, W, 3) or (H, W), BGR or grey, uint8.
        quality: Of a JPEG file, from 0 to 100; by default OpenCV's, 95.

    Raises:
        ImageWriteError: OpenCV cannot write files of this suffix.
        OSError: The file cannot be written.
    """
    target = Path(target)
    check_image_name(target)
    settings = [] if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    try:
        _, content = cv2.imencode(target.suffix, image, settings)
    except cv2.error:
        raise _unfit(target) from None
    with atomic_write(target) as unfinished:
        unfinished.write_bytes(content.tobytes())


def _unfit(target: str | os.PathLike) -> ImageWriteError:
    suffix = Path(target).suffix
    return ImageWriteError(f'{target}: expected a suffix such as .png or .jpg, got {suffix!r}')
