"""Which part of an image random crops can reach, and how large it must be kept."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

KEEP_ABOVE = 0.7
"""From this resolution on pixels are kept as they are: fewer would save less than half."""
BORDER = 2
"""Px around the reachable part, image px and crop px: interpolation reads neighbours."""


@dataclass(frozen=True)
class Spread:
    """How far random steps move a box.

    Attributes:
        shift: Largest shift, as a share of the box's width and height.
        smallest, largest: Limits of the factor of the size.
        rotation: Largest angle, degrees.

    Example:
        >>> Spread().moved(0.1, (0.5, 1.5), 40)
        Spread(shift=0.1, smallest=0.5, largest=1.5, rotation=40)
    """

    shift: float = 0.0
    smallest: float = 1.0
    largest: float = 1.0
    rotation: float = 0.0

    def moved(self, shift: float, scale: tuple[float, float], rotation: float) -> 'Spread':
        """Return the spread after one more step, whose rotation replaces the earlier one."""
        return Spread(
            self.shift + shift * self.largest,
            self.smallest * scale[0],
            self.largest * scale[1],
            rotation,
        )


class View(NamedTuple):
    """A box, image px, and how far it is moved.

    Attributes:
        center: (2,).
        size: (2,), of the crop before its shape is made that of the input.
        spread: Of the random steps.
        input_size: (w, h) of the network's input, px.
    """

    center: np.ndarray
    size: np.ndarray
    spread: Spread
    input_size: tuple[int, int]


class Cut(NamedTuple):
    """The part of an image to keep.

    Attributes:
        region: Left, top, right, bottom, whole image px; right and bottom are outside.
        size: Width and height to keep it in, crop px.
    """

    region: tuple[int, int, int, int]
    size: tuple[int, int]


def cut_for(views: Sequence[View], image_size: tuple[int, int], oversampling: float) -> Cut:
    """Return the smallest part of an image that contains all crops of the views.

    Args:
        views: At least one.
        image_size: (W, H), image px.
        oversampling: Crop px for each input px at the largest zoom-in; the image is never
            enlarged.

    Example:
        >>> center, size = np.array([500, 500]), np.array([400, 400])
        >>> box = View(center, size, Spread(smallest=0.5), (100, 100))
        >>> cut_for([box], (1000, 1000), 1)
        Cut(region=(294, 294, 706, 706), size=(206, 206))
    """
    resolution = 0.0
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for center, size, spread, (width, height) in views:
        # TopdownAffine enlarges the shorter side
        long = max(float(size[0]), float(size[1]) * width / height)
        smallest = long * spread.smallest
        wanted = oversampling * width / smallest if smallest > 0 else 1.0
        resolution = max(resolution, wanted)
        half = spread.largest * _half_extent(long, long * height / width, spread.rotation)
        half = half + spread.shift * np.asarray(size, np.float64)
        low, high = np.minimum(low, center - half), np.maximum(high, center + half)
    resolution = 1.0 if resolution > KEEP_ABOVE else resolution
    border = BORDER if resolution == 1 else BORDER + BORDER / resolution
    x0, y0 = (_inside(v - border, n, math.floor) for v, n in zip(low, image_size, strict=True))
    x1, y1 = (_inside(v + border, n, math.ceil) for v, n in zip(high, image_size, strict=True))
    # at least one px, also of a box outside the image
    x0, y0 = min(x0, image_size[0] - 1), min(y0, image_size[1] - 1)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    kept = (
        max(1, math.ceil((x1 - x0) * resolution)),
        max(1, math.ceil((y1 - y0) * resolution)),
    )
    return Cut((x0, y0, x1, y1), kept)


def _half_extent(width: float, height: float, rotation: float) -> np.ndarray:
    """Return half the box (w, h) around a rectangle turned by up to `rotation` degrees."""
    largest = min(math.radians(abs(rotation)), math.pi / 2)

    def reach(along: float, across: float) -> float:
        angle = min(math.atan2(across, along), largest)
        return along * math.cos(angle) + across * math.sin(angle)

    return np.array([reach(width, height), reach(height, width)]) / 2


def _inside(value: float, length: int, whole: Callable[[float], int]) -> int:
    return whole(min(max(value, 0), length))
