"""Noise, blur, contrast and colour as a step of a pipeline."""

import numpy as np
import torch
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.adaptation import Appearance

from .seeded_transform import check_colour_image


@TRANSFORMS.register_module()
class RandomAppearance(BaseTransform):
    """Change the appearance of an image by :class:`mmpose_addons_core.adaptation.Appearance`.

    Required and modified key: ``img``, (H, W, 3), uint8. It draws from NumPy's global
    generator, as MMPose's transforms do.

    Args:
        amounts: Arguments of ``Appearance``: ``noise``, ``blur``, ``contrast``, ``colour``.

    Raises:
        ValueError: If an amount is negative, or ``contrast`` below 1.
    """

    def __init__(self, **amounts: float) -> None:
        self.appearance = Appearance(**amounts)

    @cache_randomness
    def _draw_seed(self) -> int:
        return np.random.randint(2**31)  # noqa: NPY002

    def transform(self, results: dict) -> dict:
        """Return results with another ``img``; do not change the given ones.

        Raises:
            ValueError: If it is no colour image of 8 bits.
        """
        check_colour_image(results, type(self).__name__)
        image = torch.from_numpy(results['img'].transpose(2, 0, 1).astype(np.float32))
        rng = np.random.default_rng(self._draw_seed())
        changed = self.appearance.apply(image[None], [rng])[0]
        pixels = changed.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0)
        return {**results, 'img': np.ascontiguousarray(pixels.numpy())}

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.appearance})'
