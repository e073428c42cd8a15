"""Fourier domain adaptation as a step of a pipeline."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.adaptation.fourier import low_amplitudes, with_amplitudes
from mmpose_addons_core.datasets.image_crops import image_crops
from mmpose_addons_core.setting_checks import check_range

from .seeded_transform import SeededTransform


@TRANSFORMS.register_module()
class FourierDomainAdaptation(SeededTransform):
    """Put the low-frequency amplitudes of a random target image into a source image.

    Yang and Soatto, CVPR 2020, arXiv 2004.05498: the style of the target without a network.
    Use it in the pipeline of the source, after ``TopdownAffine``. Required and modified key:
    ``img``, (H, W, 3), uint8. Each target image is read once in each process; only its
    amplitudes stay in memory, about 1 kB each.

    Args:
        images: Folder of target images, or a COCO file with boxes, such as
            ``mmpose-addons unlabelled-frames`` writes.
        image_dir: Folder of the images of a COCO file; its own folder if None.
        prob: Probability that an image changes.
        beta: Smallest and largest half side of the exchanged window, as a share of the
            image's shorter side. The paper has 0.01, 0.05 and 0.09.
        share: Smallest and largest share of the amplitudes that is exchanged.
        largest: At most this many target images, evenly chosen.

    Raises:
        CocoFileError: If the COCO file cannot be read, or a record does not fit.
        InputError: If a target image that is used is no image, by its header.
        ValueError: Bad numbers, or there is no image.
    """

    def __init__(
        self,
        images: str,
        image_dir: str | None = None,
        prob: float = 0.5,
        beta: Sequence[float] = (0.0, 0.05),
        share: Sequence[float] = (0.5, 1.0),
        largest: int = 500,
    ) -> None:
        super().__init__(prob)
        self.beta = check_range('beta', beta)
        self.share = check_range('share', share)
        if min(self.beta + self.share) < 0 or self.beta[1] >= 0.5 or self.share[1] > 1:
            raise ValueError(
                'beta must lie in [0, 0.5) and share in [0, 1], got '
                f'{self.beta} and {self.share}'
            )
        folder = None if image_dir is None else Path(image_dir)
        self.crops = image_crops(images, folder, largest)
        self._amplitudes: dict[tuple, np.ndarray] = {}

    def changed(self, results: dict, rng: np.random.Generator) -> np.ndarray:
        """Return the new image (H, W, 3), uint8."""
        image = results['img']
        size = image.shape[1], image.shape[0]
        window = self._window(int(rng.integers(len(self.crops))), size)
        half_side = int(rng.uniform(*self.beta) * min(size) + 0.5)
        largest = window.shape[1] - 1
        rows = slice(largest - half_side, largest + half_side + 1)
        return with_amplitudes(image, window[rows, : half_side + 1], rng.uniform(*self.share))

    def _window(self, index: int, size: tuple[int, int]) -> np.ndarray:
        """Return the amplitudes of a target image, in the largest window that can be drawn."""
        key = index, size
        if key not in self._amplitudes:
            half_side = int(self.beta[1] * min(size) + 0.5)
            self._amplitudes[key] = low_amplitudes(self.crops.read(index, size), half_side)
        return self._amplitudes[key]

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(prob={self.prob}, beta={self.beta}, share={self.share}, '
            f'{len(self.crops)} images)'
        )
