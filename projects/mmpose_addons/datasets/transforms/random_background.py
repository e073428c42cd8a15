"""Another background as a step of a pipeline.

Shape letters: K keypoints. Coordinates are (x, y).
"""

from pathlib import Path

import cv2
import numpy as np
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.adaptation.background import (
    body_mask,
    box_mask,
    random_texture,
    with_background,
)
from mmpose_addons_core.datasets.image_crops import image_crops
from mmpose_addons_core.setting_checks import check_numbers

from ..warp_matrix import warp_matrix
from .seeded_transform import SeededTransform


@TRANSFORMS.register_module()
class RandomBackground(SeededTransform):
    """Replace the background outside the box, or also between the limbs inside it.

    Use it after ``TopdownAffine``. Required keys: ``img`` (H, W, 3), uint8, ``bbox``,
    ``input_center``, ``input_scale``; for the inside also ``transformed_keypoints``,
    ``keypoints_visible`` and ``skeleton_links``. Modified key: ``img``. A sample with fewer
    than three visible keypoints, such as a target image without labels, is changed outside its
    box only.

    Args:
        prob: Probability that an image changes.
        inside: Share of the changed images whose background inside the box is replaced, too.
        radius: Half the thickness of a limb, as a share of the box's longer side. Everything
            farther from the skeleton counts as background.
        softness: Blur of the border, input px.
        images: Folder or COCO file of images that become backgrounds; the user's target images,
            for example. None: random textures.
        image_dir: Folder of the images of a COCO file; its own folder if None.

    Raises:
        ValueError: Bad numbers, or there is no image.
    """

    def __init__(
        self,
        prob: float = 0.5,
        inside: float = 0.5,
        radius: float = 0.12,
        softness: float = 2.0,
        images: str | None = None,
        image_dir: str | None = None,
    ) -> None:
        super().__init__(prob)
        check_numbers(inside=inside, radius=radius, softness=softness)
        if not 0 <= inside <= 1 or radius <= 0 or softness < 0:
            raise ValueError(
                'expected inside in [0, 1], radius > 0 and softness >= 0, got '
                f'{inside}, {radius} and {softness}'
            )
        self.inside = inside
        self.radius = radius
        self.softness = softness
        self.crops = None
        if images is not None:
            folder = None if image_dir is None else Path(image_dir)
            # four times the box: mostly surroundings
            self.crops = image_crops(images, folder, padding=4.0)
        self._read: dict[tuple, np.ndarray] = {}

    def changed(self, results: dict, rng: np.random.Generator) -> np.ndarray:
        """Return the new image (H, W, 3), uint8.

        Raises:
            ValueError: If the image is no crop.
        """
        if 'input_center' not in results:
            raise ValueError(
                'RandomBackground needs input_center, so it stands after TopdownAffine, got '
                f'{sorted(results)}'
            )
        image = results['img']
        size = image.shape[1], image.shape[0]
        mask, side = self._box(results, size)
        points = np.asarray(results.get('transformed_keypoints', np.zeros(0)))
        shown = np.asarray(results.get('keypoints_visible', np.zeros(0)), float)
        if rng.random() < self.inside and points.ndim == 3:
            shown = shown.reshape(points.shape[1], -1)[:, 0] > 0
            if shown.sum() >= 3:
                links = results.get('skeleton_links') or []
                mask = body_mask(points[0], shown, links, self.radius * side, size)
        return with_background(image, self._background(size, rng), mask, self.softness)

    def _box(self, results: dict, size: tuple[int, int]) -> tuple[np.ndarray, float]:
        """Return the mask (H, W) of the box in the crop, and its longer side, input px."""
        matrix = warp_matrix(results, use_udp=False)
        x1, y1, x2, y2 = np.asarray(results['bbox'], float).reshape(-1)[:4]
        corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
        corners = cv2.transform(corners[None], matrix)[0]
        edges = np.linalg.norm(corners - np.roll(corners, 1, 0), axis=1)
        return box_mask(corners, size), float(edges.max())

    def _background(self, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        if self.crops is None:
            return random_texture(size, rng)
        index = int(rng.integers(len(self.crops)))
        if (index, size) not in self._read:
            self._read[index, size] = self.crops.read(index, size)
        background = self._read[index, size]
        return background[:, ::-1] if rng.random() < 0.5 else background

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(prob={self.prob}, inside={self.inside}, '
            f'radius={self.radius}, softness={self.softness})'
        )
