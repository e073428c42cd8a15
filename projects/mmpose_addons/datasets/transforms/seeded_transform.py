"""Base of random changes of images: one seed per sample, and a probability."""

from abc import abstractmethod

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmpose_addons_core.setting_checks import check_numbers


def check_colour_image(results: dict, step: str) -> None:
    """Refuse images of another kind than (H, W, 3), uint8, as ``LoadImage`` reads them.

    Args:
        results: Of the pipeline.
        step: Name of the transform that needs the image.

    Raises:
        ValueError: It names the file.
    """
    image = results['img']
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(
            f'{step} needs images of shape (H, W, 3) and type uint8, as '
            f"dict(type='LoadImage') reads them; {results.get('img_path', 'an image')}: got "
            f'{image.shape}, {image.dtype}'
        )


class SeededTransform(BaseTransform):
    """Change ``img`` (H, W, 3), uint8, by a random generator that one draw seeds.

    The draw is from NumPy's global generator, as in MMPose's transforms. The given results are
    not changed.

    Args:
        prob: Probability that an image changes.

    Raises:
        ValueError: If ``prob`` lies outside [0, 1].
    """

    def __init__(self, prob: float = 1.0) -> None:
        check_numbers(prob=prob)
        if not 0 <= prob <= 1:
            raise ValueError(f'prob must lie in [0, 1], got {prob}')
        self.prob = prob

    @cache_randomness
    def _draw_seed(self) -> int:
        return np.random.randint(2**31)  # noqa: NPY002

    def transform(self, results: dict) -> dict:
        """Return results with another ``img``.

        Raises:
            ValueError: If it is no colour image of 8 bits.
        """
        check_colour_image(results, type(self).__name__)
        rng = np.random.default_rng(self._draw_seed())
        if rng.random() >= self.prob:
            return results
        return {**results, 'img': self.changed(results, rng)}

    @abstractmethod
    def changed(self, results: dict, rng: np.random.Generator) -> np.ndarray:
        """Return the new image (H, W, 3), uint8."""
