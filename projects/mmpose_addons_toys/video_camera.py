"""Simulate the camera of a video at dusk: exposure, motion blur, noise and compression."""

from dataclasses import dataclass

import cv2
import numpy as np

from .camera import motion_blur
from .drawing import Image
from .textures import add_noise


@dataclass(frozen=True)
class VideoCamera:
    """The camera parameters that all frames of a video share.

    Attributes:
        table: (1, 256, 3) lookup table of exposure, contrast and colour.
        blur: Length of the motion blur, in px of an image of 256 px.
        direction: Direction of the motion blur, in radians.
        noise: Standard deviation of the noise, in grey levels.
        quality: Quality of the JPEG files.
    """

    table: Image
    blur: float
    direction: float
    noise: float
    quality: int

    def record(self, image: Image, rng: np.random.Generator) -> Image:
        """Return an (H, W, 3) image as the camera stores it."""
        image = cv2.LUT(image, self.table)
        length = self.blur * len(image) / 256
        if length >= 2:
            image = motion_blur(image, length, self.direction)
        return add_noise(image, self.noise, rng)


def sample_video_camera(rng: np.random.Generator) -> VideoCamera:
    """Return the parameters of a random camera at dusk."""
    curve, gain = rng.uniform(0.8, 1.5), np.exp(rng.uniform(*np.log((0.03, 0.45))))
    cast = rng.uniform(0.8, 1.15, 3)
    levels = (np.arange(256) / 255)[:, None] ** curve * gain * cast * 255 + rng.uniform(0, 25)
    return VideoCamera(
        table=np.clip(levels, 0, 255).astype(np.uint8)[None],
        blur=rng.uniform(0, 6),
        direction=rng.normal(0, 0.3),
        noise=rng.uniform(2, 5),
        quality=int(rng.integers(40, 71)),
    )
