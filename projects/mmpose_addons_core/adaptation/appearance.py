"""Random changes of the appearance of images: noise, blur, contrast and colour.

Shape letters: B images, C channels, H x W an image.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..setting_checks import check_numbers


@dataclass(frozen=True)
class Appearance:
    """Change the appearance of images; each change applies to an image with probability 0.5.

    Amounts of intensity are shares of the full range, 255 grey values.

    Args:
        noise: Largest standard deviation of Gaussian noise.
        blur: Largest standard deviation of a Gaussian blur, px.
        contrast: Largest factor to the mean of the image; its inverse is the smallest.
        colour: Largest shift of a channel.

    Raises:
        ValueError: If an amount is negative or contrast is below 1.
    """

    noise: float = 0.1
    blur: float = 2.0
    contrast: float = 1.5
    colour: float = 0.1

    def __post_init__(self) -> None:
        check_numbers(**vars(self))
        if min(self.noise, self.blur, self.colour) < 0 or self.contrast < 1:
            raise ValueError(f'expected amounts >= 0 and contrast >= 1, got {self}')

    def apply(
        self,
        images: Tensor,
        rngs: Sequence[np.random.Generator],
        full_range: Tensor | float = 255.0,
    ) -> Tensor:
        """Change images (B, C, H, W), with one generator per image.

        Args:
            full_range: What 255 grey values are in ``images``: a number, or (C, 1, 1).
        """
        draws = np.stack([rng.random(8) for rng in rngs])
        on = draws[:, :4] < 0.5
        noise, blur, contrast, _ = draws[:, 4:].T
        colours = np.stack([rng.uniform(-1, 1, images.shape[1]) for rng in rngs])
        seeds = [int(rng.integers(2**63)) for rng in rngs]

        factor = np.where(on[:, 2], self.contrast ** (2 * contrast - 1), 1)
        shift = self.colour * colours * on[:, 3:]
        mean = images.mean((-2, -1), keepdim=True)
        result = (images - mean) * _column(factor, images) + mean
        result += _column(shift, images) * full_range
        result = _blurred(result, self.blur * blur * on[:, 1])
        sigmas = self.noise * noise * on[:, 0]
        for image, sigma, seed in zip(result, sigmas, seeds, strict=True):
            if sigma:
                generator = torch.Generator(image.device).manual_seed(seed)
                random = torch.empty_like(image).normal_(generator=generator)
                image += random * float(sigma) * full_range
        return result


def _column(values: np.ndarray, images: Tensor) -> Tensor:
    """Reshape values (B, ...) to (B, -1, 1, 1), in the type and on the device of the images."""
    return torch.from_numpy(values).to(images).reshape(len(values), -1, 1, 1)


def _blurred(images: Tensor, sigmas: np.ndarray) -> Tensor:
    """Blur images (B, C, H, W), each with its own sigma in px."""
    radius = int(np.ceil(3 * sigmas.max(initial=0)))
    radius = min(radius, *(side - 1 for side in images.shape[-2:]))
    if radius == 0:
        return images
    steps = np.arange(-radius, radius + 1)
    # a sigma of 0 leaves a single weight at the centre
    weights = np.exp(-0.5 * (steps / np.maximum(sigmas, 1e-3)[:, None]) ** 2)
    weights /= weights.sum(1, keepdims=True)
    count, channels = images.shape[:2]
    kernel = torch.from_numpy(weights).to(images).repeat_interleave(channels, 0)[:, None]
    flat = images.flatten(0, 1)[None]
    for horizontal in (True, False):
        pad = (radius, radius, 0, 0) if horizontal else (0, 0, radius, radius)
        flat = F.conv2d(
            F.pad(flat, pad, mode='reflect'),
            kernel.unsqueeze(2 if horizontal else 3),
            groups=count * channels,
        )
    return flat[0].unflatten(0, (count, channels))
