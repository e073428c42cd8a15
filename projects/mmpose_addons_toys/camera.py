"""Simulate a camera: exposure, colour cast, blur and noise."""

import cv2
import numpy as np

from .drawing import Image
from .textures import add_noise


def simulate_camera(image: Image, rng: np.random.Generator, degrade: bool = True) -> Image:
    """Return an (H, W, 3) image as a random camera would have recorded it.

    Brightness, contrast and white balance change. With ``degrade``, 26 % of the images are
    blurred (out of focus, or by motion), and 70 % have noise.
    """
    curve = rng.uniform(0.75, 1.2)
    gains = rng.uniform(0.85, 1.15) * rng.uniform(0.92, 1.08, 3)
    levels = (np.arange(256) / 255)[:, None] ** curve * gains * 255
    table = np.clip(levels, 0, 255).astype(np.uint8)
    image = cv2.LUT(image, table[None])
    if not degrade:
        return image
    scale = max(image.shape) / 256
    draw = rng.random()
    if draw < 0.2:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.0) * scale)
    elif draw < 0.26:
        image = motion_blur(image, rng.uniform(3, 6) * scale, rng.uniform(0, np.pi))
    sigma = max(rng.uniform(-3, 7), 0)
    return add_noise(image, sigma, rng) if sigma else image


def motion_blur(image: Image, length: float, direction: float) -> Image:
    """Blur an (H, W, 3) image along a line of ``length`` px at ``direction`` in radians."""
    side = int(length) | 1
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    reach = np.array([np.cos(direction), np.sin(direction)]) * middle
    (x0, y0), (x1, y1) = np.round([middle - reach, middle + reach]).astype(int).tolist()
    cv2.line(kernel, (x0, y0), (x1, y1), 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def jpeg_quality(rng: np.random.Generator) -> int:
    """Return a random quality of a JPEG file, 55 to 95."""
    return int(rng.integers(55, 96))
