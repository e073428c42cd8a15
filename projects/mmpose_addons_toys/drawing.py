"""Draw shaded, textured and anti-aliased shapes on a canvas.

Letters: H, W height and width of the image in px; P points; T = ``TEXTURE_SIZE``. Points are
(x, y) in image px with pixel centres at integers. Colours are (blue, green, red), 0 to 255. A
shape covers everything drawn before it, so shapes must be drawn back to front.
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
"""Height and width of all textures, in texels."""

_FIXED_POINT_BITS = 4  # fractional bits of OpenCV's fixed-point coordinates: 1/16 px
_SMALL_SHAPE_AREA = 64  # px^2; a shape with a smaller bounding box gets one colour
_NEUTRAL_FACTOR = 128  # value of a shading map that leaves a colour unchanged


@dataclass(frozen=True)
class Light:
    """One distant light source for the whole image.

    Attributes:
        angle: Direction towards the light in the image plane, in degrees from +x towards +y;
            -90 is straight above.
        strength: Contrast of the shading: 0 leaves colours unshaded, 1 gives the darkest
            shadows.
    """

    angle: float = -120.0
    strength: float = 0.6


@lru_cache(maxsize=4096)
def _shading_map(kind: str, angle: int, strength: float) -> Image:
    """Return the (T, T, 3) brightness factors of a ball or of a tube, where 128 means 1.

    The axis of the tube is the texture's y axis. ``angle`` is the light's direction in degrees.
    """
    u = np.linspace(-1, 1, TEXTURE_SIZE)
    x, y = np.meshgrid(u, u if kind == 'ball' else np.zeros(TEXTURE_SIZE))
    radius = np.minimum(x**2 + y**2, 1)
    lit = 0.75 * (x * math.cos(math.radians(angle)) + y * math.sin(math.radians(angle)))
    lit += 0.66 * np.sqrt(1 - radius)
    shade = strength * (0.85 * (lit - 0.64) - 0.4 * radius**3)
    tint = np.array([0.85, 1.0, 1.1])  # bluish shadows, reddish lights
    return np.clip(_NEUTRAL_FACTOR * (1 + shade[..., None] * tint), 0, 255).astype(np.uint8)


@lru_cache(maxsize=1024)
def plain_texture(colour: Colour) -> Image:
    """Return a read-only (T, T, 3) texture of one colour."""
    texture = cv2.resize(np.array([[colour]], np.uint8), (TEXTURE_SIZE, TEXTURE_SIZE))
    texture.flags.writeable = False
    return texture


def mix_colours(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that lies ``share`` of the way from the first to the second.

    >>> mix_colours((0, 0, 0), (100, 50, 200), 0.5)
    (50, 25, 100)
    """
    b, g, r = (round(p + (q - p) * share) for p, q in zip(first, second, strict=True))
    return b, g, r


def fixed_point(points: Array) -> NDArray[np.int32]:
    """Convert points in image px to OpenCV's fixed-point integers, in 1/16 px."""
    return np.rint(points * (1 << _FIXED_POINT_BITS)).astype(np.int32)


class Canvas:
    """An image, and for each pixel the id of the part that is visible there.

    Attributes:
        image: (H, W, 3) uint8, the image.
        part_map: (H, W) uint16, ids of parts, 0 for the background.
        light: The light that shades all solid shapes.
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
        """Draw a texture, shaded as a solid, inside a convex outline.

        Args:
            outline: (P, 2) points whose convex hull is filled.
            texture: (T, T, 3) colours. The texture covers the square from (-1, -1) to (1, 1) of
                its own coordinates; outside the square, its border colours are repeated.
            centre: (2,) position of the texture's coordinates (0, 0) in image px.
            texture_axes: (2, 2) matrix from the texture's coordinates to image px; its columns
                are the texture's x and y axis in the image.
            shape: Solid that the shading imitates: ``'ball'``, ``'tube'`` (axis along the
                texture's y) or ``'flat'`` for no shading.
            part_id: Id to write into the part map; None leaves the map unchanged.
            within_part: If given, draw only on pixels that have this id in the part map.
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
        if w * h < _SMALL_SHAPE_AREA and within_part is None and part_id is not None:
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
        half = (TEXTURE_SIZE - 1) / 2 / area  # inverse of texture_axes, scaled to texels
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
        """Return the shading map of a ball, or of a tube.

        ``(across_x, across_y)`` is the direction across the tube's axis in the image.
        """
        angle = self.light.angle
        if shape == 'tube':  # only the light's component across the axis matters
            along = math.degrees(math.atan2(across_y, across_x))
            angle = abs((angle - along + 180) % 360 - 180)
        return _shading_map(shape, 10 * round(angle / 10), round(self.light.strength, 1))

    def fill_polygon(
        self, points: Array, colour: Colour, *, part_id: int | None = None
    ) -> None:
        """Fill the polygon of (P, 2) points, convex or not, with one unshaded colour."""
        fixed = [fixed_point(points)]
        cv2.fillPoly(self.image, fixed, colour, cv2.LINE_AA, _FIXED_POINT_BITS)
        if part_id is not None:
            cv2.fillPoly(self.part_map, fixed, part_id, cv2.LINE_8, _FIXED_POINT_BITS)

    def tint(self, points: Array, colour: Colour, opacity: float) -> None:
        """Blend a colour over the convex polygon of (P, 2) points."""
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
        """Draw an open polyline through (P, 2) points.

        A line of ``width`` below 1 px is drawn 1 px wide, in a colour closer to the background.
        """
        if width < 1:
            x, y = np.clip(points[0], 0, np.array(self.part_map.shape[::-1]) - 1)
            b, g, r = self.image[int(y), int(x)].tolist()
            colour = mix_colours((b, g, r), colour, max(width, 0.25))
        thickness = max(round(width), 1)
        fixed = [fixed_point(points)]
        cv2.polylines(
            self.image, fixed, False, colour, thickness, cv2.LINE_AA, _FIXED_POINT_BITS
        )
