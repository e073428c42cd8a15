"""A video of 1920 x 1080 px that moves, for the benchmarks."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons_core.media.video_writer import VideoWriter

SIZE = (1920, 1080)
RATE = 25


def write_video(file: Path, frames: int) -> None:
    """Write a moving texture with noise, as a camera has it."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (SIZE[1] // 20 + 20, SIZE[0] // 20 + 20, 3), dtype=np.uint8)
    scene = cv2.resize(coarse, None, fx=20, fy=20, interpolation=cv2.INTER_CUBIC)
    noise = rng.integers(0, 9, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    writer = VideoWriter(file, SIZE, Fraction(RATE))
    for number in range(frames):
        at = 2 * (number % 100)
        view = scene[at : at + SIZE[1], at : at + SIZE[0]]
        writer.write(cv2.add(view, np.roll(noise, 37 * number, 1)), number / RATE)
    writer.close()
