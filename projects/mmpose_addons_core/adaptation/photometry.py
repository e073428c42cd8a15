"""Strong random changes of brightness, contrast and colour, by tables of 256 grey values.

Shape letters: H x W an image. Images are (H, W, 3), uint8.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..setting_checks import check_numbers

LARGEST_POWER = 700.0
"""Of e, which is a floating-point number."""


@dataclass(frozen=True)
class Photometry:
    """Photometric domain randomisation (Tobin et al., IROS 2017, arXiv 1703.06907).

    Meant for a target whose light, colour or camera is far from the source's. The changes are,
    in this order: gamma, contrast, brightness, colour, inversion, grey, exchanged channels,
    blur and noise. Each applies to an image with its own probability.

    Args:
        gamma: Largest exponent of the intensities from 0 to 1; its inverse is the smallest.
        contrast: Largest factor to the mean of the image; its inverse is the smallest.
        brightness: Largest shift of all channels, as a share of 255.
        colour: Largest relative change of a channel's intensity.
        blur: Largest standard deviation of a Gaussian blur, px.
        noise: Largest standard deviation of Gaussian noise, as a share of 255.
        share: Probability of each of the changes above.
        invert: Probability of the negative.
        grey: Probability of an image without colour.
        shuffle: Probability of channels in another order.
        strength: Scales all of the above: 0 changes nothing, 1 takes them as they are.

    Raises:
        ValueError: If an amount or a probability lies outside its range.
    """

    gamma: float = 2.5
    contrast: float = 2.5
    brightness: float = 0.25
    colour: float = 0.4
    blur: float = 1.5
    noise: float = 0.12
    share: float = 0.5
    invert: float = 0.1
    grey: float = 0.15
    shuffle: float = 0.1
    strength: float = 1.0

    def __post_init__(self) -> None:
        check_numbers(**vars(self))
        shares = self.share, self.invert, self.grey, self.shuffle, self.colour
        if (
            min(self.gamma, self.contrast) < 1
            or min(self.brightness, self.blur, self.noise, self.strength) < 0
            or not 0 <= min(shares) <= max(shares) <= 1
        ):
            raise ValueError(
                'expected gamma and contrast >= 1, amounts and strength >= 0, colour and '
                f'probabilities in [0, 1], got {self}'
            )
        if self.strength * math.log(max(self.gamma, self.contrast)) > LARGEST_POWER:
            raise ValueError(
                'gamma and contrast to the power of strength must be numbers, got '
                f'{self.gamma}, {self.contrast} and {self.strength}'
            )

    def apply(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a changed copy of an image; it depends on the image and the generator alone.

        Args:
            image: (H, W, 3), uint8.
        """
        rare = min(self.strength, 1.0)
        on = rng.random(6) < self.share
        amount = rng.uniform(-1, 1, 4)
        channels = rng.uniform(-1, 1, 3)
        inverted, without_colour, shuffled = rng.random(3) < rare * np.array(
            [self.invert, self.grey, self.shuffle]
        )
        order = rng.permutation(3)

        intensity = np.arange(256) / 255
        if on[0]:
            intensity = intensity ** self._power(self.gamma, amount[0])
        mean = float(np.interp(image.mean() / 255, np.arange(256) / 255, intensity))
        if on[1]:
            intensity = (intensity - mean) * self._power(self.contrast, amount[1]) + mean
        if on[2]:
            intensity = intensity + self.brightness * self.strength * amount[2]
        table = np.repeat(intensity[:, None], 3, axis=1)
        if on[3]:
            table = table * (1 + self.colour * rare * channels)
        table = table.clip(0, 1)
        if inverted:
            table = 1 - table
        levels = np.rint(255 * table).astype(np.uint8)
        result = np.asarray(cv2.LUT(image, levels[:, None, :]))
        if without_colour:
            result = cv2.cvtColor(cv2.cvtColor(result, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        elif shuffled:
            result = np.ascontiguousarray(result[..., order])
        sigma = self.blur * self.strength * abs(float(amount[3]))
        if on[4] and sigma > 0.1:
            result = cv2.GaussianBlur(result, (0, 0), sigma)
        if on[5]:
            level = 255 * self.noise * self.strength * rng.random()
            noise = rng.standard_normal(result.shape, dtype=np.float32) * np.float32(level)
            result = np.rint(result + noise).clip(0, 255).astype(np.uint8)
        return np.asarray(result)

    def _power(self, largest: float, amount: float) -> float:
        return float(largest ** (self.strength * amount))
