"""An image of some frames of a data set with their keypoints."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ..image_sheet import caption, fitted, grid
from ..image_writing import write_image
from ..keypoints.sides import side_colour

CELLS, COLUMNS, SIDE = 24, 6, 240  # px
BAR = 18  # height of a caption in px


class ContactSheet:
    """Collects frames, spread over all that are given, without knowing their number.

    It keeps every frame until the sheet is full, then every second one, and so on.

    Args:
        skeleton: Pairs of keypoint positions.
        pairs: Positions of (left, right) keypoints, which are drawn in two colours.
    """

    def __init__(
        self, skeleton: Sequence[tuple[int, int]], pairs: Sequence[tuple[int, int]]
    ) -> None:
        self.skeleton = skeleton
        self.sides = {left: 'left' for left, _ in pairs} | {
            right: 'right' for _, right in pairs
        }
        self._cells: list[np.ndarray] = []
        self._step, self._count = 1, 0

    def add(self, image: np.ndarray, poses: Sequence[np.ndarray], text: str) -> None:
        """Add a frame.

        Args:
            image: (H, W, 3), uint8, BGR.
            poses: (K, 2) each, image px; NaN is not drawn.
            text: The caption, above it.
        """
        if self._count % self._step == 0:
            if len(self._cells) == CELLS:
                self._cells = self._cells[::2]
                self._step *= 2
            if self._count % self._step == 0:
                self._cells.append(self._cell(image, poses, text))
        self._count += 1

    def write(self, file: Path) -> None:
        """Write the sheet; a JPEG file if its name ends so."""
        write_image(file, grid(self._cells, COLUMNS), quality=88)

    def _cell(self, image: np.ndarray, poses: Sequence[np.ndarray], text: str) -> np.ndarray:
        square, scale = fitted(image, SIDE)
        cell = np.vstack([caption(text[-36:], SIDE, BAR, scale=0.36), square])
        for pose in poses:
            points = (pose + 0.5) * scale - 0.5 + [0, BAR]
            for ends in self.skeleton:
                if not np.isnan(points[[*ends]]).any():
                    a, b = points[[*ends]].round().astype(int).tolist()
                    cv2.line(cell, a, b, side_colour()[::-1], 1, cv2.LINE_AA)
            for k in np.flatnonzero(~np.isnan(points).any(1)):
                colour = side_colour(self.sides.get(int(k), ''))[::-1]
                cv2.circle(
                    cell, points[k].round().astype(int).tolist(), 3, colour, -1, cv2.LINE_AA
                )
        return cell
