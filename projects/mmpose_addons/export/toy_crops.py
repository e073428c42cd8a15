"""Crops of toy images, to check and calibrate networks without a data set."""

from collections.abc import Callable
from typing import cast

import numpy as np

from mmpose_addons_toys import RENDERERS
from mmpose_addons_toys.rendered_image import RenderedImage

from ..estimators.geometry import CropGeometry


def toy_crops(
    geometry: CropGeometry, count: int, subject: str = 'people', seed: int = 0
) -> np.ndarray:
    """Crops (count, h, w, 3), uint8, BGR, of as many toy people (animals, faces).

    Args:
        geometry: How the network wants its crops.
        count: Crops.
        subject: A key of ``mmpose_addons_toys.RENDERERS``.
        seed: Of the images.
    """
    width, height = geometry.input_size
    crops = np.empty((count, height, width, 3), np.uint8)
    render = cast(Callable[[int, int], RenderedImage], RENDERERS[subject])
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
