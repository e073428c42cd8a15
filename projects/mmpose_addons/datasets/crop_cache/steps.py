"""Steps of a pipeline that take crops from kept surroundings."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from mmcv.image import imflip
from mmpose.datasets.transforms import LoadImage, TopdownAffine

from ..warp_matrix import warp_matrix

if TYPE_CHECKING:
    from .cache import CropCache

KEPT = 'surroundings'
"""Field of a sample between the two steps."""


class LoadSurroundings(LoadImage):
    """Load the kept surroundings of a sample, or its image, and keep them.

    ``img_shape`` and all coordinates stay those of the original image.

    Args:
        cache: Of the surroundings.
        load: The step in the place of which this one stands.
    """

    def __init__(self, cache: 'CropCache', load: LoadImage) -> None:
        super().__init__(
            load.to_float32, load.color_type, load.imdecode_backend, None, load.ignore_empty
        )
        self._cache = cache
        self._original = load

    def transform(self, results: dict) -> dict | None:
        """Add ``img``, ``img_shape``, ``ori_shape`` and the surroundings."""
        if KEPT in results:
            return results
        kept = None if 'img' in results else self._cache.surroundings(results)
        if kept is None:
            return self._original.transform(results)
        if self.to_float32:
            kept = replace(kept, pixels=kept.pixels.astype(np.float32))
        width, height = kept.image_size
        shape = height, width
        return dict(results, img=kept.pixels, img_shape=shape, ori_shape=shape, **{KEPT: kept})


class SurroundingsAffine(TopdownAffine):
    """MMPose's ``TopdownAffine``, whose crop comes from the kept surroundings.

    Only pixels are computed in another way: the matrix from image px to input px is composed
    with that from crop px to image px.

    Args:
        affine: The step in the place of which this one stands.
        load: Step that loads the original image.
    """

    def __init__(self, affine: TopdownAffine, load: LoadImage) -> None:
        super().__init__(affine.input_size, affine.use_udp)
        self._load = load

    def transform(self, results: dict) -> dict | None:
        """Add the crop, and what ``TopdownAffine`` adds."""
        results = dict(results)
        kept = results.pop(KEPT, None)
        if kept is None:
            return super().transform(results)
        # no image to warp: only coordinates are computed
        moved = super().transform(dict(results, img=[]))
        flip = results.get('flip_direction')
        matrix = warp_matrix(moved, self.use_udp)
        crop = kept.warp(matrix, tuple(self.input_size), flip)
        if crop is None:
            results['img'] = self._original(results, flip)
            return super().transform(results)
        moved['img'] = crop
        return moved

    def _original(self, results: dict, flip: str | None) -> np.ndarray:
        """Load the whole image, for a crop that reaches farther than what is kept."""
        image = self._load.transform(dict(img_path=results['img_path']))['img']
        return image if flip is None else imflip(image, flip)
