"""A toy head drawn from its landmarks, back to front.

Points are in mm in the head's frame (x to the right of the picture, y down, z away from the
viewer), see `mmpose_addons_core.faces.layouts`; P points.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from mmpose_addons_core.faces.head_pose import HeadPose
from mmpose_addons_core.faces.layouts import face_layout

from .drawing import Canvas, Colour, mix_colours, plain_texture
from .face_appearance import FaceAppearance
from .geometry import Array, sphere_points

OCCLUDER_ID = 1  # in the part map: what hides the face
_EYE_ID = 1000  # in the part map: the right eye's number is one more
_DARK, _WHITE, _SHADOW = (24, 20, 26), (245, 245, 245), (20, 15, 45)
_LANDMARKS = {
    name: np.array(landmark_points) for name, landmark_points in face_layout(98).parts.items()
}
_CIRCLE_ANGLES = np.linspace(0, 2 * np.pi, 12, endpoint=False)
_CIRCLE = np.stack([np.cos(_CIRCLE_ANGLES), np.sin(_CIRCLE_ANGLES), np.zeros(12)], axis=1)
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
        appearance: FaceAppearance,
    ) -> None:
        self.canvas = canvas
        self.landmarks = landmarks
        self.size = np.array(size)
        self.pose = pose
        self.appearance = appearance
        self.rotation = pose.rotation[0]
        self.px_per_mm = float(pose.focal[0] / pose.translation[0, 2])  # px per mm
        self.points = pose.project(landmarks)[0]
        angle = np.radians(canvas.light.angle)
        self.light = np.array([np.cos(angle), np.sin(angle), -0.9]) / np.sqrt(1.81)

    def draw(self) -> None:
        """Draws it all."""
        self._draw_body()
        self._draw_back_hair()
        self._draw_ears(behind=True)
        self._draw_skull()
        self._draw_eyes()
        self._draw_mouth()
        self._draw_nose()
        self._draw_ears(behind=False)
        self._draw_front_hair()
        self._draw_accessories()

    def landmark_points(self, name: str) -> Array:
        """The (P, 2) landmarks of a part in the picture, px."""
        return self.points[_LANDMARKS[name]]

    def _project(self, points: Array) -> Array:
        """(P, 2), px, of anatomical points (P, 3) of the template's size."""
        return self.pose.project(points * self.size)[0]

    def _project_body(self, points: Array) -> Array:
        """(P, 2), px, of points of the body, whose neck turns with the head only."""
        lift = np.array([0, _NECK[1], 0])
        return (points - lift)[:, :2] * self.px_per_mm + self._project(_NECK[None])

    def _fill_hull(
        self,
        outline: Array,
        colour: Colour,
        *,
        shape: str = 'ball',
        part_id: int | None = None,
        within_part: int | None = None,
    ) -> None:
        """Fills the hull of (P, 2) points, shaded as a ball of that extent."""
        low, high = outline.min(0), outline.max(0)
        self.canvas.draw_texture(
            outline,
            plain_texture(colour),
            (low + high) / 2,
            np.diag((high - low) / 2),
            shape=shape,
            part_id=part_id,
            within_part=within_part,
        )

    def _tint_hull(self, outline: Array, colour: Colour, opacity: float) -> None:
        hull = cv2.convexHull(outline.astype(np.float32))[:, 0]
        self.canvas.tint(hull.astype(float), colour, opacity)

    def _shade_facet(self, points: Array, polygon: Array) -> None:
        """Lightens or darkens a flat part of the surface by how it faces the light.

        Args:
            points: Three (3,) points, clockwise as seen from outside.
            polygon: (P, 2), px.
        """
        normal = self.rotation @ np.cross(points[1] - points[0], points[2] - points[0])
        normal = normal / np.sqrt(normal @ normal)
        if normal[2] > 0:
            return
        lit = float(normal @ self.light) - 0.6
        colour = _WHITE if lit > 0 else _SHADOW
        self._tint_hull(polygon, colour, min(abs(lit) * 0.5 * self.canvas.light.strength, 0.4))

    def _draw_body(self) -> None:
        self._fill_hull(self._project_body(_SHOULDERS), self.appearance.shirt, shape='tube')
        throat = self._project_body(_THROAT)
        self._fill_hull(throat, mix_colours(self.appearance.skin, _SHADOW, 0.25), shape='tube')

    def _draw_back_hair(self) -> None:
        if self.appearance.hair not in _OVER_EARS:
            return
        centre, axes = _SKULL
        length, width = (150, 96) if self.appearance.hair == 'long' else (80, 90)
        top = self._project(_ball(centre, np.multiply(axes, 1.1)))
        ends = self._project(_mirrored([[width, 30, 95], [width * 0.8, length, 95]]))
        self._fill_hull(
            np.concatenate([top, ends]), mix_colours(self.appearance.hair_colour, _DARK, 0.3)
        )

    def _draw_ears(self, behind: bool) -> None:
        if self.appearance.hair in _OVER_EARS:
            return
        for side in (-1, 1):
            if (side * self.rotation[2, 0] > -0.2) != behind:
                continue
            ear = self._project(_ball((72 * side, 12, 96), (7, 28, 17)))
            self._fill_hull(ear, mix_colours(self.appearance.skin, _SHADOW, 0.12))
            inner = self._project(_ball((76 * side, 10, 94), (2, 16, 8)))
            self._tint_hull(inner, _SHADOW, 0.3)

    def _draw_skull(self) -> None:
        centre, axes = _SKULL
        appearance = self.appearance
        cover = appearance.skin if appearance.hair == 'bald' else appearance.hair_colour
        swell = _HAIR_SWELL.get(appearance.hair, 1.0)
        self._fill_hull(self._project(_ball(centre, np.multiply(axes, swell))), cover)
        edges = self._project(np.concatenate([_HAIRLINE, _BROW_RIDGE]))
        face = np.concatenate([edges, self.landmark_points('jaw')])
        self._fill_hull(face, appearance.skin)
        if appearance.beard:
            jaw, ends = (
                self.landmark_points('jaw')[4:29],
                self.landmark_points('outer_lip')[[0, 6]],
            )
            self._tint_hull(
                np.concatenate([jaw, ends]), appearance.hair_colour, 0.75 * appearance.beard
            )
        for side in (-1, 1):
            cheek = self._project(_ball((38 * side, 32, 8), (16, 13, 2)))
            if side * self.rotation[2, 0] < 0.75:
                self._tint_hull(cheek, (80, 80, 220), 0.06 + 0.12 * appearance.make_up)

    def _draw_eyes(self) -> None:
        appearance, px_per_mm = self.appearance, self.px_per_mm
        brow = mix_colours(appearance.hair_colour, _DARK, 0.35)
        for number, (side, name) in enumerate(((-1, 'left'), (1, 'right'))):
            eye = self.landmark_points(f'{name}_eye')
            outward = self.rotation @ (0.4 * side, 0.0, -0.92)
            if outward[2] > -0.03:
                continue
            socket = self._project(_ball((31 * side, -4, 6), (21, 14, 3)))
            tint = mix_colours(appearance.skin, _SHADOW, 0.5)
            if appearance.make_up:
                tint = mix_colours(tint, appearance.accessory_colour, 0.6 * appearance.make_up)
            self._tint_hull(socket, tint, 0.3 + 0.2 * appearance.make_up)
            part_id = _EYE_ID + number
            self.canvas.fill_polygon(eye, (225, 228, 235), part_id=part_id)
            pupil = self.landmarks[_LANDMARKS['pupils'][number]]
            for radius, colour in ((6.5, appearance.eyes), (3.0, _DARK)):
                iris = self.pose.project(pupil + radius * _CIRCLE)[0]
                self._fill_hull(iris, colour, shape='flat', within_part=part_id)
            glint = self.pose.project((pupil + (-2, -2.5, -1))[None])[0]
            self._fill_hull(
                glint + 1.2 * px_per_mm * _CIRCLE[:, :2],
                _WHITE,
                shape='flat',
                within_part=part_id,
            )
            self.canvas.draw_line(eye[:5], _DARK, (2.2 + 2 * appearance.make_up) * px_per_mm)
            self.canvas.draw_line(
                eye[[4, 5, 6, 7, 0]], mix_colours(appearance.skin, _DARK, 0.5), 1.2 * px_per_mm
            )
            self.canvas.fill_polygon(self.landmark_points(f'{name}_brow'), brow)

    def _draw_mouth(self) -> None:
        outer, inner = self.landmark_points('outer_lip'), self.landmark_points('inner_lip')
        self.canvas.fill_polygon(outer, self.appearance.lips)
        upper = np.concatenate([outer[:7], inner[4::-1]])
        self.canvas.fill_polygon(upper, mix_colours(self.appearance.lips, _SHADOW, 0.25))
        self.canvas.fill_polygon(inner, (25, 20, 60))
        gap = inner[6] - inner[2]
        if gap @ gap > (8 * self.px_per_mm) ** 2:
            edge = 0.55 * inner[3:0:-1] + 0.45 * inner[5:]
            self.canvas.fill_polygon(np.concatenate([inner[1:4], edge]), (225, 235, 240))
        self.canvas.draw_line(
            inner[:5], mix_colours(self.appearance.lips, _DARK, 0.6), 1.5 * self.px_per_mm
        )
        below = outer[7:12].mean(0) + (self.points[16] - outer[9]) * 0.3
        self._tint_hull(below + _CIRCLE[:, :2] * (10, 3) * self.px_per_mm, _SHADOW, 0.12)

    def _draw_nose(self) -> None:
        bridge, base = (
            self.landmarks[_LANDMARKS[name]] for name in ('nose_bridge', 'nose_base')
        )
        top, tip = bridge[0], bridge[-1]
        shape = self.pose.project(np.stack([top, tip, *base]))[0]
        skin = mix_colours(self.appearance.skin, (60, 60, 200), 0.06)
        for side, wing in ((-1, base[0]), (1, base[-1])):
            cheek = np.array([13.0 * side, 20, 4]) * self.size
            alar = wing + (2.0 * side, -5, 3)
            outline = self.pose.project(np.stack([top, tip, base[2], wing, alar, cheek]))[0]
            self._tint_hull(outline, skin, 0.55)
            corners = (top, tip, alar) if side > 0 else (top, alar, tip)
            self._shade_facet(np.stack(corners), outline)
        self._tint_hull(shape[1:], _SHADOW, 0.16 if self.rotation[2, 1] < 0.3 else 0.25)
        for side, wing in ((-1, base[1]), (1, base[3])):
            hole = wing + np.array([1.0 * side, -1.5, 0])
            nostril = self.pose.project(hole + _CIRCLE * (4, 2, 0))[0]
            self._tint_hull(nostril, (20, 15, 40), 0.75)
        self.canvas.draw_line(
            shape[2:], mix_colours(self.appearance.skin, _SHADOW, 0.55), 1.4 * self.px_per_mm
        )

    def _draw_front_hair(self) -> None:
        hair = self.appearance.hair
        if hair in _FRINGES:
            fringe = self._project(_FRINGES[hair])
            self._fill_hull(fringe, self.appearance.hair_colour, part_id=OCCLUDER_ID)
        if hair in _OVER_EARS:
            reach = 140 if hair == 'long' else 75
            for side in (-1, 1):
                if side * self.rotation[2, 0] < 0.15:
                    ends = [[74, reach, 80], [86, reach, 100]]
                    lock = self._project(np.concatenate([_LOCK, ends]) * (side, 1, 1))
                    self._fill_hull(lock, self.appearance.hair_colour, part_id=OCCLUDER_ID)

    def _draw_accessories(self) -> None:
        appearance = self.appearance
        if appearance.mask:
            mask = np.concatenate(
                [self._project(_MASK_EDGE), self.landmark_points('jaw')[6:27]]
            )
            self._fill_hull(
                mask, mix_colours(appearance.accessory_colour, _WHITE, 0.5), part_id=OCCLUDER_ID
            )
        if appearance.eyewear != 'none':
            self._draw_eyewear()
        if appearance.hat != 'none':
            hat = self._project(np.concatenate([_CROWN * (1.08, 1.1, 1.06), _HAT_EDGE * 1.06]))
            self._fill_hull(hat, appearance.accessory_colour, part_id=OCCLUDER_ID)
            if appearance.hat == 'cap':
                self._fill_hull(
                    self._project(_BRIM),
                    mix_colours(appearance.accessory_colour, _DARK, 0.3),
                    shape='flat',
                )

    def _draw_eyewear(self) -> None:
        dark = self.appearance.eyewear == 'sunglasses'
        frame = _DARK if sum(self.appearance.shirt) % 2 else (40, 60, 110)
        width = 3.0 * self.px_per_mm
        rings = []
        for side in (-1, 1):
            rim = _CIRCLE * (23, 17, 0) + (31 * side, 3, -7)
            rim[:, 2] += 12 * (rim[:, 0] / 54) ** 2
            ring = self._project(rim)
            rings.append(ring)
            if dark:
                self._fill_hull(ring, (30, 25, 25), part_id=OCCLUDER_ID)
            self.canvas.draw_line(np.concatenate([ring, ring[:1]]), frame, width)
            if side * self.rotation[2, 0] < 0.1:
                arm = self._project(np.array([[54.0 * side, 0, 6], [71 * side, 0, 90]]))
                self.canvas.draw_line(arm, frame, width)
        self.canvas.draw_line(np.stack([rings[0][0], rings[1][6]]), frame, width)
