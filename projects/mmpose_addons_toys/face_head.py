"""A toy head drawn from its landmarks, back to front.

Points are in mm in the head's frame (x to the right of the picture, y down, z away from the
viewer), see `mmpose_addons_core.faces.layouts`; P points.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from mmpose_addons_core.faces.head_pose import HeadPose
from mmpose_addons_core.faces.layouts import face_layout

from .drawing import Canvas, Colour, mix, plain
from .face_look import FaceLook
from .geometry import Array, sphere_points

HIDING = 1  # in the part map: what hides the face
_EYE = 1000  # in the part map: the right eye's number is one more
_DARK, _WHITE, _SHADOW = (24, 20, 26), (245, 245, 245), (20, 15, 45)
_PARTS = {name: np.array(part) for name, part in face_layout(98).parts.items()}
_TURNS = np.linspace(0, 2 * np.pi, 12, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURNS), np.sin(_TURNS), np.zeros(12)], axis=1)
_BALL = np.concatenate(
    [sphere_points(np.arange(0, 360, 30), np.full(12, e)) for e in (-60, -30, 0, 30, 60)]
    + [[[0, 1.0, 0], [0, -1.0, 0]]]
)


def _ball(centre: Sequence[float], axes: Sequence[float] | Array) -> Array:
    """Points on an ellipsoid."""
    return _BALL * axes + centre


def _mirrored(points: Sequence[Sequence[float]]) -> Array:
    """The points, those off the middle on either side."""
    right = np.array(points, float)
    return np.concatenate([right, right[right[:, 0] > 0] * (-1, 1, 1)])


_SKULL = (0, -15, 85), (70, 98, 92)
_HAIRLINE = _mirrored([[67, -20, 62], [62, -58, 42], [40, -82, 26], [0, -90, 18]])
_BROW_RIDGE = _mirrored([[54, -28, 14], [56, 8, 22], [20, -30, -4]])
_CROWN = (_BALL * _SKULL[1] + _SKULL[0])[_BALL[:, 1] < -0.4]
_HAT_EDGE = _mirrored(
    [[66, -48, 50], [45, -58, 12], [0, -62, -4], [71, -40, 95], [40, -30, 170]]
)
_BRIM = _mirrored([[52, -50, 20], [48, -48, -30], [25, -46, -62], [0, -46, -70]])
_SWEPT = np.array(
    [[-64, -45, 50], [-45, -84, 20], [0, -95, 12], [45, -84, 20], [64, -40, 50]]
    + [[52, -44, 12], [10, -48, -6], [-40, -62, 8]],
    float,
)
_STRAIGHT = _mirrored([[0, -95, 12], [45, -84, 20], [64, -25, 50], [45, -38, 8], [0, -42, -6]])
_FRINGES = {'fringe': _SWEPT, 'bob': _STRAIGHT, 'long': _STRAIGHT}
_OVER_EARS = ('bob', 'long')
_LOCK = np.array([[60, -60, 40], [72, -40, 60], [76, 20, 72], [84, -20, 100]], float)
_HAIR_SWELL = {'short': 1.06, 'fringe': 1.07, 'bob': 1.1, 'long': 1.08, 'afro': 1.28}
_NECK = np.array([0, 70, 80], float)  # where it meets the head
_THROAT = _mirrored([[44, 0, 80], [39, 60, 80], [46, 118, 80], [30, 138, 80], [0, 146, 80]])
_SHOULDERS = _mirrored([[0, 112, 60], [62, 118, 90], [185, 160, 100], [215, 420, 100]])
_MASK_EDGE = _mirrored([[0, 18, -22], [40, 24, 6], [62, 30, 50]])


class HeadPainter:
    """Draws one head.

    Args:
        canvas: To draw on; its light shades the head.
        landmarks: (98, 3).
        size: (3,) factors of width, height and depth that the landmarks have already.
        pose: Of this one head.
        look: What it looks like.
    """

    def __init__(
        self,
        canvas: Canvas,
        landmarks: Array,
        size: Sequence[float],
        pose: HeadPose,
        look: FaceLook,
    ) -> None:
        self.canvas = canvas
        self.landmarks = landmarks
        self.size = np.array(size)
        self.pose = pose
        self.look = look
        self.turn = pose.rotation[0]
        self.pixel = float(pose.focal[0] / pose.translation[0, 2])  # px per mm
        self.points = pose.project(landmarks)[0]
        angle = np.radians(canvas.light.angle)
        self.light = np.array([np.cos(angle), np.sin(angle), -0.9]) / np.sqrt(1.81)

    def draw(self) -> None:
        """Draws it all."""
        self._draw_body()
        self._draw_hair_behind()
        self._draw_ears(behind=True)
        self._draw_skull()
        self._draw_eyes()
        self._draw_mouth()
        self._draw_nose()
        self._draw_ears(behind=False)
        self._draw_hair_before()
        self._draw_worn()

    def part(self, name: str) -> Array:
        """The (P, 2) landmarks of a part in the picture, px."""
        return self.points[_PARTS[name]]

    def _place(self, points: Array) -> Array:
        """(P, 2), px, of anatomical points (P, 3) of the template's size."""
        return self.pose.project(points * self.size)[0]

    def _upright(self, points: Array) -> Array:
        """(P, 2), px, of points of the body, whose neck turns with the head only."""
        lift = np.array([0, _NECK[1], 0])
        return (points - lift)[:, :2] * self.pixel + self._place(_NECK[None])

    def _solid(
        self,
        outline: Array,
        colour: Colour,
        *,
        shape: str = 'ball',
        owner: int | None = None,
        inside: int | None = None,
    ) -> None:
        """Fills the hull of (P, 2) points, shaded as a ball of that extent."""
        low, high = outline.min(0), outline.max(0)
        self.canvas.stamp(
            outline,
            plain(colour),
            (low + high) / 2,
            np.diag((high - low) / 2),
            shape=shape,
            owner=owner,
            inside=inside,
        )

    def _glaze(self, outline: Array, colour: Colour, opacity: float) -> None:
        hull = cv2.convexHull(outline.astype(np.float32))[:, 0]
        self.canvas.glaze(hull.astype(float), colour, opacity)

    def _facet(self, points: Array, polygon: Array) -> None:
        """Lightens or darkens a flat part of the surface by how it faces the light.

        Args:
            points: Three (3,) points, clockwise as seen from outside.
            polygon: (P, 2), px.
        """
        normal = self.turn @ np.cross(points[1] - points[0], points[2] - points[0])
        normal = normal / np.sqrt(normal @ normal)
        if normal[2] > 0:
            return
        lit = float(normal @ self.light) - 0.6
        colour = _WHITE if lit > 0 else _SHADOW
        self._glaze(polygon, colour, min(abs(lit) * 0.5 * self.canvas.light.strength, 0.4))

    def _draw_body(self) -> None:
        self._solid(self._upright(_SHOULDERS), self.look.shirt, shape='tube')
        throat = self._upright(_THROAT)
        self._solid(throat, mix(self.look.skin, _SHADOW, 0.25), shape='tube')

    def _draw_hair_behind(self) -> None:
        if self.look.hair not in _OVER_EARS:
            return
        centre, axes = _SKULL
        length, width = (150, 96) if self.look.hair == 'long' else (80, 90)
        top = self._place(_ball(centre, np.multiply(axes, 1.1)))
        ends = self._place(_mirrored([[width, 30, 95], [width * 0.8, length, 95]]))
        self._solid(np.concatenate([top, ends]), mix(self.look.hair_colour, _DARK, 0.3))

    def _draw_ears(self, behind: bool) -> None:
        if self.look.hair in _OVER_EARS:
            return
        for side in (-1, 1):
            if (side * self.turn[2, 0] > -0.2) != behind:
                continue
            ear = self._place(_ball((72 * side, 12, 96), (7, 28, 17)))
            self._solid(ear, mix(self.look.skin, _SHADOW, 0.12))
            inner = self._place(_ball((76 * side, 10, 94), (2, 16, 8)))
            self._glaze(inner, _SHADOW, 0.3)

    def _draw_skull(self) -> None:
        centre, axes = _SKULL
        look = self.look
        cover = look.skin if look.hair == 'bald' else look.hair_colour
        swell = _HAIR_SWELL.get(look.hair, 1.0)
        self._solid(self._place(_ball(centre, np.multiply(axes, swell))), cover)
        edges = self._place(np.concatenate([_HAIRLINE, _BROW_RIDGE]))
        face = np.concatenate([edges, self.part('jaw')])
        self._solid(face, look.skin)
        if look.beard:
            jaw, ends = self.part('jaw')[4:29], self.part('outer_lip')[[0, 6]]
            self._glaze(np.concatenate([jaw, ends]), look.hair_colour, 0.75 * look.beard)
        for side in (-1, 1):
            cheek = self._place(_ball((38 * side, 32, 8), (16, 13, 2)))
            if side * self.turn[2, 0] < 0.75:
                self._glaze(cheek, (80, 80, 220), 0.06 + 0.12 * look.make_up)

    def _draw_eyes(self) -> None:
        look, pixel = self.look, self.pixel
        brow = mix(look.hair_colour, _DARK, 0.35)
        for number, (side, name) in enumerate(((-1, 'left'), (1, 'right'))):
            eye = self.part(f'{name}_eye')
            outward = self.turn @ (0.4 * side, 0.0, -0.92)
            if outward[2] > -0.03:
                continue
            socket = self._place(_ball((31 * side, -4, 6), (21, 14, 3)))
            tint = mix(look.skin, _SHADOW, 0.5)
            if look.make_up:
                tint = mix(tint, look.cloth, 0.6 * look.make_up)
            self._glaze(socket, tint, 0.3 + 0.2 * look.make_up)
            owner = _EYE + number
            self.canvas.polygon(eye, (225, 228, 235), owner=owner)
            pupil = self.landmarks[_PARTS['pupils'][number]]
            for radius, colour in ((6.5, look.eyes), (3.0, _DARK)):
                iris = self.pose.project(pupil + radius * _CIRCLE)[0]
                self._solid(iris, colour, shape='flat', inside=owner)
            glint = self.pose.project((pupil + (-2, -2.5, -1))[None])[0]
            self._solid(
                glint + 1.2 * pixel * _CIRCLE[:, :2], _WHITE, shape='flat', inside=owner
            )
            self.canvas.line(eye[:5], _DARK, (2.2 + 2 * look.make_up) * pixel)
            self.canvas.line(eye[[4, 5, 6, 7, 0]], mix(look.skin, _DARK, 0.5), 1.2 * pixel)
            self.canvas.polygon(self.part(f'{name}_brow'), brow)

    def _draw_mouth(self) -> None:
        outer, inner = self.part('outer_lip'), self.part('inner_lip')
        self.canvas.polygon(outer, self.look.lips)
        upper = np.concatenate([outer[:7], inner[4::-1]])
        self.canvas.polygon(upper, mix(self.look.lips, _SHADOW, 0.25))
        self.canvas.polygon(inner, (25, 20, 60))
        gap = inner[6] - inner[2]
        if gap @ gap > (8 * self.pixel) ** 2:
            edge = 0.55 * inner[3:0:-1] + 0.45 * inner[5:]
            self.canvas.polygon(np.concatenate([inner[1:4], edge]), (225, 235, 240))
        self.canvas.line(inner[:5], mix(self.look.lips, _DARK, 0.6), 1.5 * self.pixel)
        below = outer[7:12].mean(0) + (self.points[16] - outer[9]) * 0.3
        self._glaze(below + _CIRCLE[:, :2] * (10, 3) * self.pixel, _SHADOW, 0.12)

    def _draw_nose(self) -> None:
        bridge, base = (self.landmarks[_PARTS[part]] for part in ('nose_bridge', 'nose_base'))
        top, tip = bridge[0], bridge[-1]
        shape = self.pose.project(np.stack([top, tip, *base]))[0]
        skin = mix(self.look.skin, (60, 60, 200), 0.06)
        for side, wing in ((-1, base[0]), (1, base[-1])):
            cheek = np.array([13.0 * side, 20, 4]) * self.size
            alar = wing + (2.0 * side, -5, 3)
            outline = self.pose.project(np.stack([top, tip, base[2], wing, alar, cheek]))[0]
            self._glaze(outline, skin, 0.55)
            corners = (top, tip, alar) if side > 0 else (top, alar, tip)
            self._facet(np.stack(corners), outline)
        self._glaze(shape[1:], _SHADOW, 0.16 if self.turn[2, 1] < 0.3 else 0.25)
        for side, wing in ((-1, base[1]), (1, base[3])):
            hole = wing + np.array([1.0 * side, -1.5, 0])
            nostril = self.pose.project(hole + _CIRCLE * (4, 2, 0))[0]
            self._glaze(nostril, (20, 15, 40), 0.75)
        self.canvas.line(shape[2:], mix(self.look.skin, _SHADOW, 0.55), 1.4 * self.pixel)

    def _draw_hair_before(self) -> None:
        hair = self.look.hair
        if hair in _FRINGES:
            fringe = self._place(_FRINGES[hair])
            self._solid(fringe, self.look.hair_colour, owner=HIDING)
        if hair in _OVER_EARS:
            reach = 140 if hair == 'long' else 75
            for side in (-1, 1):
                if side * self.turn[2, 0] < 0.15:
                    ends = [[74, reach, 80], [86, reach, 100]]
                    lock = self._place(np.concatenate([_LOCK, ends]) * (side, 1, 1))
                    self._solid(lock, self.look.hair_colour, owner=HIDING)

    def _draw_worn(self) -> None:
        look = self.look
        if look.mask:
            mask = np.concatenate([self._place(_MASK_EDGE), self.part('jaw')[6:27]])
            self._solid(mask, mix(look.cloth, _WHITE, 0.5), owner=HIDING)
        if look.eyewear != 'none':
            self._draw_eyewear()
        if look.hat != 'none':
            hat = self._place(np.concatenate([_CROWN * (1.08, 1.1, 1.06), _HAT_EDGE * 1.06]))
            self._solid(hat, look.cloth, owner=HIDING)
            if look.hat == 'cap':
                self._solid(self._place(_BRIM), mix(look.cloth, _DARK, 0.3), shape='flat')

    def _draw_eyewear(self) -> None:
        dark = self.look.eyewear == 'sunglasses'
        frame = _DARK if sum(self.look.shirt) % 2 else (40, 60, 110)
        width = 3.0 * self.pixel
        rings = []
        for side in (-1, 1):
            rim = _CIRCLE * (23, 17, 0) + (31 * side, 3, -7)
            rim[:, 2] += 12 * (rim[:, 0] / 54) ** 2
            ring = self._place(rim)
            rings.append(ring)
            if dark:
                self._solid(ring, (30, 25, 25), owner=HIDING)
            self.canvas.line(np.concatenate([ring, ring[:1]]), frame, width)
            if side * self.turn[2, 0] < 0.1:
                arm = self._place(np.array([[54.0 * side, 0, 6], [71 * side, 0, 90]]))
                self.canvas.line(arm, frame, width)
        self.canvas.line(np.stack([rings[0][0], rings[1][6]]), frame, width)
