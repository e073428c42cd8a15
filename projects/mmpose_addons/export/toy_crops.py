"""Toy images and crops of them, to check and calibrate networks without a data set."""

import cv2
import numpy as np

from mmpose_addons_runtime.geometry import CropGeometry
from mmpose_addons_toys import RENDERERS


def toy_crops(
    geometry: CropGeometry, count: int, subject: str = 'people', seed: int = 0
) -> np.ndarray:
    """Return crops (count, h, w, 3), uint8, BGR, each of one toy person, animal or face.

    Args:
        geometry: Size and kind of the crops.
        count: Number of crops.
        subject: Key of ``mmpose_addons_toys.RENDERERS``.
        seed: Of the images.
    """
    width, height = geometry.input_size
    crops = np.empty((count, height, width, 3), np.uint8)
    render = RENDERERS[subject]
    done = index = 0
    while done < count:
        rendered = render(seed, index)
        index += 1
        boxes = [annotation['bbox'] for annotation in rendered.annotations]
        corners = np.array(boxes, np.float32).reshape(-1, 4)
        corners[:, 2:] += corners[:, :2]
        for centre, size in zip(*geometry.regions(corners), strict=True):
            if done < count:
                geometry.warp(rendered.image, centre, size, out=crops[done])
                done += 1
    return crops


def toy_images(count: int, subject: str = 'people', seed: int = 0) -> list[np.ndarray]:
    """Return images (H, W, 3), uint8, BGR, of toys, in five sizes and shapes.

    Args:
        count: Number of images.
        subject: Key of ``mmpose_addons_toys.RENDERERS``.
        seed: Of the images.
    """
    images = []
    for index in range(count):
        image = RENDERERS[subject](seed, index).image
        height, width = image.shape[:2]
        kind = index % 5
        if kind == 1:  # portrait
            image = image[:, width // 5 : -width // 5]
        elif kind == 2:  # landscape
            image = image[height // 5 : -height // 5]
        elif kind in (3, 4):
            factor = 2.7 if kind == 3 else 0.45
            image = cv2.resize(image, None, fx=factor, fy=factor)
        images.append(np.ascontiguousarray(image))
    return images
