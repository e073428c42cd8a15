"""Random convolutions as a step of a pipeline."""

from collections.abc import Sequence

import numpy as np
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.adaptation.random_convolution import RandomConvolution

from .seeded_transform import SeededTransform


@TRANSFORMS.register_module()
class RandomTexture(SeededTransform):
    """Change local texture and colours, but no shapes, by random convolutions.

    Required and modified key: ``img``, (H, W, 3), uint8.

    Args:
        prob: Probability that an image changes.
        sides: Sides of the kernels, px.
        mix: Largest share of the unchanged image.

    Raises:
        ValueError: If ``sides`` are no odd numbers, or another argument is out of its range.
    """

    def __init__(
        self, prob: float = 0.5, sides: Sequence[int] = (1, 3, 5), mix: float = 1.0
    ) -> None:
        super().__init__(prob)
        if not isinstance(sides, Sequence):
            raise ValueError(f'sides must be a list of odd numbers, got {sides!r}')
        self.convolution = RandomConvolution(tuple(sides), mix)

    def changed(self, results: dict, rng: np.random.Generator) -> np.ndarray:
        """Return the new image (H, W, 3), uint8."""
        return self.convolution.apply(results['img'], rng)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(prob={self.prob}, {self.convolution})'
