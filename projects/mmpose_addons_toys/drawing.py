"""The drawing core: shaded, textured, anti-aliased shapes on a canvas.

Letters: H, W of the picture; P points; T = 32, the side of a texture. Points are
(x, y) in image px with pixel centres at whole numbers. Colours are (blue, green,
red), 0 to 255. Shapes cover what was drawn before: draw back to front.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import Array

Image = NDArray[Any]  # of uint8
Colour = tuple[int, int, int]

TEXTURE_SIZE = 32
_FIXED_POINT_BITS = 4  # fixed point of OpenCV's drawing functions: 1/16 px
_FLAT_COLOUR_AREA = 64  # px; boxes of shapes that get one colour only
_NEUTRAL_FACTOR = 128  # value of a shading map that leaves a colour as it is


@dataclass(frozen=True)
class Light:
    """One distant light for the whole picture.

    Attributes:
        angle: Direction towards the light in the picture plane, in degrees from
            +x towards +y; -90 is straight above.
        strength: 0 draws flat colours, 1 deep shadows.
    """

    angle: float = -120.0
    strength: float = 0.6


@lru_cache(maxsize=4096)
def _shading_map(kind: str, angle: int, strength: float) -> Image:
    """(T, T, 3) map of factors for a ball or a tube (axis along y), 128 = 1."""
    u = np.linspace(-1, 1, TEXTURE_SIZE)
    x, y = np.meshgrid(u, u if kind == 'ball' else np.zeros(TEXTURE_SIZE))
    radius = np.minimum(x**2 + y**2, 1)
    lit = 0.75 * (x * math.cos(math.radians(angle)) + y * math.sin(math.radians(angle)))
    lit += 0.66 * np.sqrt(1 - radius)
    shade = strength * (0.85 * (lit - 0.64) - 0.4 * radius**3)
    hue = np.array([0.85, 1.0, 1.1])  # cool shadows, warm lights
    return np.clip(_NEUTRAL_FACTOR * (1 + shade[..., None] * hue), 0, 255).astype(np.uint8)


@lru_cache(maxsize=1024)
def plain_texture(colour: Colour) -> Image:
    """A texture of one colour (read-only)."""
    texture = cv2.resize(np.array([[colour]], np.uint8), (TEXTURE_SIZE, TEXTURE_SIZE))
    texture.flags.writeable = False
    return texture


def mix_colours(first: Colour, second: Colour, share: float) -> Colour:
    """The colour at `share` of the way from the first to the second.

    >>> mix((0, 0, 0), (100, 50, 200), 0.5)
    (50, 25, 100)
    """
    b, g, r = (round(p + (q - p) * share) for p, q in zip(first, second, strict=True))
    return b, g, r


def fixed_point(points: Array) -> NDArray[np.int32]:
    """Image px to OpenCV's fixed-point numbers of 1/16 px."""
    return np.rint(points * (1 << _FIXED_POINT_BITS)).astype(np.int32)


class Canvas:
    """A picture, and for each pixel the number of the part seen there.

    Attributes:
        image: (H, W, 3) the picture.
        owner: (H, W) numbers of parts, 0 for the background.
        light: The light all solid shapes are shaded with.
    """

    def __init__(self, image: Image, light: Light | None = None) -> None:
        self.image = image
        self.part_map: np.ndarray = np.zeros(image.shape[:2], np.uint16)
        self.light = light or Light()

    def draw_texture(
        self,
        outline: Array,
        texture: Image,
        centre: Array,
        texture_axes: Array,
        *,
        shape: str = 'flat',
        part_id: int | None = None,
        within_part: int | None = None,
    ) -> None:
        """Draws a texture, shaded as a solid, within a convex outline.

        Args:
            outline: (P, 2) points whose convex hull is filled.
            texture: (T, T, 3) colours; it covers the square from (-1, -1) to
                (1, 1) and its border colours reach on outside.
            centre: (2,) where (0, 0) of that square lies.
            frame: (2, 2) matrix from the square's coordinates to image px; its
                columns are the texture's x and y axis in the picture.
            shape: 'ball', 'tube' (axis along the texture's y) or 'flat'.
            owner: Number for the part map; None leaves the map as it is.
            inside: Draw only where the part map has this number.
        """
        height, width = self.part_map.shape
        hull = cv2.convexHull(fixed_point(outline))
        left, top, w, h = (v >> _FIXED_POINT_BITS for v in cv2.boundingRect(hull))
        x0, x1 = max(left - 1, 0), min(left + w + 3, width)
        y0, y1 = max(top - 1, 0), min(top + h + 3, height)
        (a, b), (c, d) = texture_axes.tolist()
        area = a * d - b * c
        if x0 >= x1 or y0 >= y1 or abs(area) < 1e-6:
            return
        if w * h < _FLAT_COLOUR_AREA and within_part is None and part_id is not None:
            colour = texture[TEXTURE_SIZE // 2, TEXTURE_SIZE // 2].tolist()
            cv2.fillConvexPoly(self.image, hull, colour, cv2.LINE_AA, _FIXED_POINT_BITS)
            cv2.fillConvexPoly(self.part_map, hull, part_id, cv2.LINE_8, _FIXED_POINT_BITS)
            return
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        hull = hull - (x0 << _FIXED_POINT_BITS, y0 << _FIXED_POINT_BITS)
        cv2.fillConvexPoly(mask, hull, 255, cv2.LINE_AA, _FIXED_POINT_BITS)
        part_ids = self.part_map[y0:y1, x0:x1]
        if within_part is not None:
            mask[part_ids != within_part] = 0
        if part_id is not None:
            part_ids[mask > 127] = part_id

        if shape != 'flat':
            texture = cv2.multiply(texture, self._shade(shape, a, c), scale=1 / _NEUTRAL_FACTOR)
        half = (TEXTURE_SIZE - 1) / 2 / area  # image px to texels: the frame's inverse, scaled
        a, b, c, d = d * half, -b * half, -c * half, a * half
        x, y = centre.tolist()
        x, y = x0 - x, y0 - y
        middle = (TEXTURE_SIZE - 1) / 2
        to_texels = np.array([[a, b, a * x + b * y + middle], [c, d, c * x + d * y + middle]])
        colours = cv2.warpAffine(
            texture,
            to_texels,
            (x1 - x0, y1 - y0),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        weight = mask * np.float32(1 / 255)
        below = self.image[y0:y1, x0:x1]
        below[:] = cv2.blendLinear(colours, below, weight, 1 - weight)

    def _shade(self, shape: str, across_x: float, across_y: float) -> Image:
        """Shading map for a tube across (x, y), or for a ball."""
        angle = self.light.angle
        if shape == 'tube':  # only the light's part across the axis counts
            along = math.degrees(math.atan2(across_y, across_x))
            angle = abs((angle - along + 180) % 360 - 180)
        return _shading_map(shape, 10 * round(angle / 10), round(self.light.strength, 1))

    def fill_polygon(
        self, points: Array, colour: Colour, *, part_id: int | None = None
    ) -> None:
        """Fills a polygon of (P, 2) points, which need not be convex, flatly."""
        fixed = [fixed_point(points)]
        cv2.fillPoly(self.image, fixed, colour, cv2.LINE_AA, _FIXED_POINT_BITS)
        if part_id is not None:
            cv2.fillPoly(self.part_map, fixed, part_id, cv2.LINE_8, _FIXED_POINT_BITS)

    def tint(self, points: Array, colour: Colour, opacity: float) -> None:
        """Tints the polygon of (P, 2) points, which must be convex."""
        hull = fixed_point(points)
        left, top, w, h = (v >> _FIXED_POINT_BITS for v in cv2.boundingRect(hull))
        x0, y0 = max(left - 1, 0), max(top - 1, 0)
        below = self.image[y0 : max(top + h + 3, 0), x0 : max(left + w + 3, 0)]
        if not below.size:
            return
        over = below.copy()
        hull = hull - (x0 << _FIXED_POINT_BITS, y0 << _FIXED_POINT_BITS)
        cv2.fillConvexPoly(over, hull, colour, cv2.LINE_AA, _FIXED_POINT_BITS)
        below[:] = cv2.addWeighted(over, opacity, below, 1 - opacity, 0)

    def draw_line(self, points: Array, colour: Colour, width: float = 1.0) -> None:
        """Draws an open line through (P, 2) points; widths below 1 px fade."""
        if width < 1:
            x, y = np.clip(points[0], 0, np.array(self.part_map.shape[::-1]) - 1)
            b, g, r = self.image[int(y), int(x)].tolist()
            colour = mix_colours((b, g, r), colour, max(width, 0.25))
        thickness = max(round(width), 1)
        fixed = [fixed_point(points)]
        cv2.polylines(
            self.image, fixed, False, colour, thickness, cv2.LINE_AA, _FIXED_POINT_BITS
        )
