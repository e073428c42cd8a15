"""Random convolutions: another texture on the same shapes.

Shape letters: H x W an image. Images are (H, W, 3), uint8.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..setting_checks import check_counts, check_numbers


@dataclass(frozen=True)
class RandomConvolution:
    r"""Convolve an image with random weights (Xu et al., ICLR 2021, arXiv 2007.13003).

    The kernel has a side k drawn from ``sides`` and weights
    :math:`w \sim N(0, 1 / 3 k^2)` from each of the 3 channels to each. The result is mixed with
    the image, :math:`\alpha I + (1 - \alpha) (I * w)`, with a uniform :math:`\alpha`.

    Deviation from the paper: the result of the convolution gets the mean and the standard
    deviation of the image, since images are uint8 here and not normalised.

    Args:
        sides: Odd numbers, px.
        mix: Largest share of the image; 0 takes the convolution alone.

    Raises:
        ValueError: If a side is even or below 1, or ``mix`` lies outside [0, 1].
    """

    sides: Sequence[int] = (1, 3, 5)
    mix: float = 1.0

    def __post_init__(self) -> None:
        check_counts(1, **{f'sides[{n}]': side for n, side in enumerate(self.sides)})
        if not self.sides or any(side % 2 == 0 for side in self.sides):
            raise ValueError(f'sides must be odd numbers from 1 on, got {self.sides}')
        check_numbers(mix=self.mix)
        if not 0 <= self.mix <= 1:
            raise ValueError(f'mix must lie in [0, 1], got {self.mix}')

    def apply(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a changed copy of an image; it depends on the image and the generator alone.

        Args:
            image: (H, W, 3), uint8.
        """
        side = int(rng.choice(self.sides))
        weights = rng.standard_normal((3, 3, side, side)) / np.sqrt(3) / side
        share = self.mix * rng.random()
        pixels = image.astype(np.float32)
        if side == 1:
            changed = cv2.transform(pixels, weights[..., 0, 0])
        else:
            changed = np.stack([_filtered(pixels, kernel) for kernel in weights], -1)
        changed = (changed - changed.mean()) * (pixels.std() / max(changed.std(), 1e-6))
        mixed = share * pixels + (1 - share) * (changed + pixels.mean())
        return np.rint(mixed).clip(0, 255).astype(np.uint8)


def _filtered(pixels: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Filter pixels (H, W, 3) by a kernel (3, k, k) to one channel (H, W)."""
    planes = cv2.split(pixels)
    return np.sum(
        [cv2.filter2D(plane, -1, k) for plane, k in zip(planes, kernel, strict=True)], axis=0
    )
