"""Strong photometric randomisation as a step of a pipeline."""

from typing import Any

import numpy as np
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.adaptation.photometry import Photometry

from .seeded_transform import SeededTransform


@TRANSFORMS.register_module()
class RandomPhotometry(SeededTransform):
    """Change gamma, contrast, brightness, colour, inversion, blur and noise strongly.

    Required and modified key: ``img``, (H, W, 3), uint8. After ``TopdownAffine`` it changes the
    crop only, which is faster, and blur is in input px.

    Args:
        prob: Probability that an image changes at all.
        amounts: Arguments of :class:`mmpose_addons_core.adaptation.photometry.Photometry`, of
            which ``strength`` scales all others.
    """

    def __init__(self, prob: float = 1.0, **amounts: Any) -> None:
        super().__init__(prob)
        self.photometry = Photometry(**amounts)

    def changed(self, results: dict, rng: np.random.Generator) -> np.ndarray:
        """Return the new image (H, W, 3), uint8."""
        return self.photometry.apply(results['img'], rng)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(prob={self.prob}, {self.photometry})'
