"""Crops that show the whole image."""

from typing import Any

import numpy as np
from mmpose.datasets.transforms import GetBBoxCenterScale
from mmpose.registry import TRANSFORMS


@TRANSFORMS.register_module()
class GetImageCenterScale(GetBBoxCenterScale):
    """Take the whole image as the crop, in place of ``GetBBoxCenterScale``.

    A network that is trained so needs no detector where each image shows one animal. The box of
    the annotation stays, so that metrics still divide by its size.

    Args:
        padding: Sides of the crop over those of the image.
    """

    def __init__(self, padding: float = 1.0) -> None:
        super().__init__(padding)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Set ``bbox_center`` and ``bbox_scale``, (1, 2) each, image px."""
        height, width = results['ori_shape'][:2]
        size = np.array([[width, height]], np.float32)
        return results | dict(bbox_center=size / 2, bbox_scale=size * self.padding)
