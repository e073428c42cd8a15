"""Crops of toy images, to check and calibrate networks without a data set."""

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
