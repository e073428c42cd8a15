"""The kept part of an image, and crops from it."""

from dataclasses import dataclass

import cv2
import numpy as np

from .reach import Cut

MIRRORED = {
    None: (False, False),
    'horizontal': (True, False),
    'vertical': (False, True),
    'diagonal': (True, True),
}
"""Whether x and y are mirrored, by MMPose's directions of a flip."""
SHARE_OF_PX = 1e-3
"""Tolerance of positions, for rounding."""


@dataclass(frozen=True)
class Surroundings:
    """A part of an image, perhaps in fewer pixels.

    Attributes:
        pixels: (h, w, 3) or (h, w).
        image_size: (W, H) of the whole image, image px.
        region: Left, top, right, bottom, image px.
    """

    pixels: np.ndarray
    image_size: tuple[int, int]
    region: tuple[int, int, int, int]

    def from_crop(self, flip: str | None = None) -> np.ndarray:
        """Return the matrix (3, 3) that moves points from crop px to px of the whole image.

        Args:
            flip: Direction in which the whole image was mirrored afterwards, if it was.
        """
        height, width = self.pixels.shape[:2]
        x0, y0, x1, y1 = self.region
        step = np.array([(x1 - x0) / width, (y1 - y0) / height])
        # pixel centres: crop px -0.5 is the left border of the region
        offset = np.array([x0, y0]) + 0.5 * step - 0.5
        for axis, mirrored in enumerate(MIRRORED[flip]):
            if mirrored:
                offset[axis] = self.image_size[axis] - 1 - offset[axis]
                step[axis] = -step[axis]
        return np.array([[step[0], 0, offset[0]], [0, step[1], offset[1]], [0, 0, 1]])

    def warp(
        self, matrix: np.ndarray, input_size: tuple[int, int], flip: str | None = None
    ) -> np.ndarray | None:
        """Return what ``cv2.warpAffine`` makes of the whole image, from the kept part.

        Args:
            matrix: (2, 3), from px of the whole image, mirrored as ``flip`` says, to input px.
            input_size: (w, h), px.
            flip: Direction in which the whole image was mirrored.

        Returns:
            (h, w, 3) or (h, w); None if the crop needs more than the kept part.
        """
        whole = matrix.astype(np.float64) @ self.from_crop(flip)
        if not self._covers(whole, input_size):
            return None
        return cv2.warpAffine(self.pixels, whole, input_size, flags=cv2.INTER_LINEAR)

    def _covers(self, matrix: np.ndarray, input_size: tuple[int, int]) -> bool:
        """Return whether a crop lies in the kept part, but for what is outside of the image.

        Args:
            matrix: (2, 3), from crop px to input px.
            input_size: (w, h), px.
        """
        (a, b, x), (c, d, y) = matrix.tolist()
        determinant = a * d - b * c
        if determinant == 0:
            return False
        right, bottom = input_size[0] - 1, input_size[1] - 1
        corners = [(-x, -y), (right - x, -y), (-x, bottom - y), (right - x, bottom - y)]
        xs = [(d * u - b * v) / determinant for u, v in corners]
        ys = [(a * v - c * u) / determinant for u, v in corners]
        height, width = self.pixels.shape[:2]
        x0, y0, x1, y1 = self.region
        return (
            (x0 == 0 or min(xs) > -SHARE_OF_PX)
            and (y0 == 0 or min(ys) > -SHARE_OF_PX)
            and (x1 == self.image_size[0] or max(xs) < width - 1 + SHARE_OF_PX)
            and (y1 == self.image_size[1] or max(ys) < height - 1 + SHARE_OF_PX)
        )


def cut_out(image: np.ndarray, cut: Cut) -> Surroundings:
    """Copy a part of an image; fewer pixels are sampled as in a crop.

    Args:
        image: (H, W, 3) or (H, W).
        cut: What to keep.
    """
    x0, y0, x1, y1 = cut.region
    pixels = image[y0:y1, x0:x1]
    if cut.size != (x1 - x0, y1 - y0):
        # an average of the area would be smoother than the crops of a test
        pixels = cv2.resize(pixels, cut.size, interpolation=cv2.INTER_LINEAR)
    pixels = np.ascontiguousarray(pixels)
    return Surroundings(pixels, (image.shape[1], image.shape[0]), cut.region)
