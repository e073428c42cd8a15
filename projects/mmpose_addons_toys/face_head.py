"""Draw a toy head around its landmarks, back to front.

Letters: P points. Points are in mm in the head's frame (x to the right of the image, y down, z
away from the viewer), see ``mmpose_addons_core.faces.layouts``; projected points are in image
px. Left and right are those of the image.
"""

import numpy as np

from .drawing import mix_colours
from .face_canvas import DARK, SHADOW, WHITE, HeadCanvas
from .face_outlines import (
    BROW_RIDGE,
    CROWN,
    FRINGES,
    HAIR_OVER_EARS,
    HAIR_SCALES,
    HAIRLINE,
    HAT_BRIM,
    HAT_EDGE,
    LANDMARKS,
    MASK_EDGE,
    SHOULDERS,
    SIDE_LOCK,
    SKULL,
    THROAT,
    UNIT_CIRCLE,
    ellipsoid_points,
    mirrored,
)

OCCLUDER_ID = 1
"""Id of hair, hats, glasses and masks that hide the face, in the part map."""

_LEFT_EYE_ID = 1000  # id of the left eye in the part map; the right eye's id is one more


class HeadPainter(HeadCanvas):
    """Draws one head, see ``HeadCanvas`` for the arguments."""

    def draw(self) -> None:
        """Draw the head with neck and shoulders."""
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

    def _draw_body(self) -> None:
        """Draw shoulders and neck."""
        self.fill_hull(self.project_body(SHOULDERS), self.appearance.shirt, shape='tube')
        throat = self.project_body(THROAT)
        self.fill_hull(throat, mix_colours(self.appearance.skin, SHADOW, 0.25), shape='tube')

    def _draw_back_hair(self) -> None:
        """Draw the hair that falls behind the head."""
        if self.appearance.hair not in HAIR_OVER_EARS:
            return
        centre, axes = SKULL
        length, width = (150, 96) if self.appearance.hair == 'long' else (80, 90)
        top = self.project(ellipsoid_points(centre, np.multiply(axes, 1.1)))
        ends = self.project(mirrored([[width, 30, 95], [width * 0.8, length, 95]]))
        self.fill_hull(
            np.concatenate([top, ends]), mix_colours(self.appearance.hair_colour, DARK, 0.3)
        )

    def _draw_ears(self, behind: bool) -> None:
        """Draw the ears on the far side of the head (``behind``), or the others."""
        if self.appearance.hair in HAIR_OVER_EARS:
            return
        for side in (-1, 1):
            if (side * self.rotation[2, 0] > -0.2) != behind:
                continue
            ear = self.project(ellipsoid_points((72 * side, 12, 96), (7, 28, 17)))
            self.fill_hull(ear, mix_colours(self.appearance.skin, SHADOW, 0.12))
            inner = self.project(ellipsoid_points((76 * side, 10, 94), (2, 16, 8)))
            self.tint_hull(inner, SHADOW, 0.3)

    def _draw_skull(self) -> None:
        """Draw the hair on the skull, the face, the beard and the cheeks."""
        centre, axes = SKULL
        appearance = self.appearance
        cover = appearance.skin if appearance.hair == 'bald' else appearance.hair_colour
        swell = HAIR_SCALES.get(appearance.hair, 1.0)
        self.fill_hull(self.project(ellipsoid_points(centre, np.multiply(axes, swell))), cover)
        edges = self.project(np.concatenate([HAIRLINE, BROW_RIDGE]))
        face = np.concatenate([edges, self.landmark_points('jaw')])
        self.fill_hull(face, appearance.skin)
        if appearance.beard:
            jaw, ends = (
                self.landmark_points('jaw')[4:29],
                self.landmark_points('outer_lip')[[0, 6]],
            )
            self.tint_hull(
                np.concatenate([jaw, ends]), appearance.hair_colour, 0.75 * appearance.beard
            )
        for side in (-1, 1):
            cheek = self.project(ellipsoid_points((38 * side, 32, 8), (16, 13, 2)))
            if side * self.rotation[2, 0] < 0.75:
                self.tint_hull(cheek, (80, 80, 220), 0.06 + 0.12 * appearance.make_up)

    def _draw_eyes(self) -> None:
        """Draw brows and eyes, unless they face away from the viewer."""
        appearance, px_per_mm = self.appearance, self.px_per_mm
        brow = mix_colours(appearance.hair_colour, DARK, 0.35)
        for number, (side, name) in enumerate(((-1, 'left'), (1, 'right'))):
            eye = self.landmark_points(f'{name}_eye')
            outward = self.rotation @ (0.4 * side, 0.0, -0.92)
            if outward[2] > -0.03:
                continue
            socket = self.project(ellipsoid_points((31 * side, -4, 6), (21, 14, 3)))
            tint = mix_colours(appearance.skin, SHADOW, 0.5)
            if appearance.make_up:
                tint = mix_colours(tint, appearance.accessory_colour, 0.6 * appearance.make_up)
            self.tint_hull(socket, tint, 0.3 + 0.2 * appearance.make_up)
            part_id = _LEFT_EYE_ID + number
            self.canvas.fill_polygon(eye, (225, 228, 235), part_id=part_id)
            pupil = self.landmarks[LANDMARKS['pupils'][number]]
            for radius, colour in ((6.5, appearance.eyes), (3.0, DARK)):
                iris = self.pose.project(pupil + radius * UNIT_CIRCLE)[0]
                self.fill_hull(iris, colour, shape='flat', within_part=part_id)
            glint = self.pose.project((pupil + (-2, -2.5, -1))[None])[0]
            self.fill_hull(
                glint + 1.2 * px_per_mm * UNIT_CIRCLE[:, :2],
                WHITE,
                shape='flat',
                within_part=part_id,
            )
            self.canvas.draw_line(eye[:5], DARK, (2.2 + 2 * appearance.make_up) * px_per_mm)
            self.canvas.draw_line(
                eye[[4, 5, 6, 7, 0]], mix_colours(appearance.skin, DARK, 0.5), 1.2 * px_per_mm
            )
            self.canvas.fill_polygon(self.landmark_points(f'{name}_brow'), brow)

    def _draw_mouth(self) -> None:
        """Draw lips, teeth and the shadow below the mouth."""
        outer, inner = self.landmark_points('outer_lip'), self.landmark_points('inner_lip')
        self.canvas.fill_polygon(outer, self.appearance.lips)
        upper = np.concatenate([outer[:7], inner[4::-1]])
        self.canvas.fill_polygon(upper, mix_colours(self.appearance.lips, SHADOW, 0.25))
        self.canvas.fill_polygon(inner, (25, 20, 60))
        gap = inner[6] - inner[2]
        if gap @ gap > (8 * self.px_per_mm) ** 2:
            edge = 0.55 * inner[3:0:-1] + 0.45 * inner[5:]
            self.canvas.fill_polygon(np.concatenate([inner[1:4], edge]), (225, 235, 240))
        self.canvas.draw_line(
            inner[:5], mix_colours(self.appearance.lips, DARK, 0.6), 1.5 * self.px_per_mm
        )
        below = outer[7:12].mean(0) + (self.points[16] - outer[9]) * 0.3
        self.tint_hull(below + UNIT_CIRCLE[:, :2] * (10, 3) * self.px_per_mm, SHADOW, 0.12)

    def _draw_nose(self) -> None:
        """Draw the nose."""
        bridge, base = (
            self.landmarks[LANDMARKS[name]] for name in ('nose_bridge', 'nose_base')
        )
        top, tip = bridge[0], bridge[-1]
        shape = self.pose.project(np.stack([top, tip, *base]))[0]
        skin = mix_colours(self.appearance.skin, (60, 60, 200), 0.06)
        for side, wing in ((-1, base[0]), (1, base[-1])):
            cheek = np.array([13.0 * side, 20, 4]) * self.size
            alar = wing + (2.0 * side, -5, 3)
            outline = self.pose.project(np.stack([top, tip, base[2], wing, alar, cheek]))[0]
            self.tint_hull(outline, skin, 0.55)
            corners = (top, tip, alar) if side > 0 else (top, alar, tip)
            self.shade_facet(np.stack(corners), outline)
        self.tint_hull(shape[1:], SHADOW, 0.16 if self.rotation[2, 1] < 0.3 else 0.25)
        for side, wing in ((-1, base[1]), (1, base[3])):
            hole = wing + np.array([1.0 * side, -1.5, 0])
            nostril = self.pose.project(hole + UNIT_CIRCLE * (4, 2, 0))[0]
            self.tint_hull(nostril, (20, 15, 40), 0.75)
        self.canvas.draw_line(
            shape[2:], mix_colours(self.appearance.skin, SHADOW, 0.55), 1.4 * self.px_per_mm
        )

    def _draw_front_hair(self) -> None:
        """Draw the fringe and the hair beside the face."""
        hair = self.appearance.hair
        if hair in FRINGES:
            fringe = self.project(FRINGES[hair])
            self.fill_hull(fringe, self.appearance.hair_colour, part_id=OCCLUDER_ID)
        if hair in HAIR_OVER_EARS:
            reach = 140 if hair == 'long' else 75
            for side in (-1, 1):
                if side * self.rotation[2, 0] < 0.15:
                    ends = [[74, reach, 80], [86, reach, 100]]
                    lock = self.project(np.concatenate([SIDE_LOCK, ends]) * (side, 1, 1))
                    self.fill_hull(lock, self.appearance.hair_colour, part_id=OCCLUDER_ID)

    def _draw_accessories(self) -> None:
        """Draw mask, glasses and hat."""
        appearance = self.appearance
        if appearance.mask:
            mask = np.concatenate([self.project(MASK_EDGE), self.landmark_points('jaw')[6:27]])
            self.fill_hull(
                mask, mix_colours(appearance.accessory_colour, WHITE, 0.5), part_id=OCCLUDER_ID
            )
        if appearance.eyewear != 'none':
            self._draw_eyewear()
        if appearance.hat != 'none':
            hat = self.project(np.concatenate([CROWN * (1.08, 1.1, 1.06), HAT_EDGE * 1.06]))
            self.fill_hull(hat, appearance.accessory_colour, part_id=OCCLUDER_ID)
            if appearance.hat == 'cap':
                self.fill_hull(
                    self.project(HAT_BRIM),
                    mix_colours(appearance.accessory_colour, DARK, 0.3),
                    shape='flat',
                )

    def _draw_eyewear(self) -> None:
        """Draw glasses or sunglasses."""
        dark = self.appearance.eyewear == 'sunglasses'
        frame = DARK if sum(self.appearance.shirt) % 2 else (40, 60, 110)
        width = 3.0 * self.px_per_mm
        rings = []
        for side in (-1, 1):
            rim = UNIT_CIRCLE * (23, 17, 0) + (31 * side, 3, -7)
            rim[:, 2] += 12 * (rim[:, 0] / 54) ** 2
            ring = self.project(rim)
            rings.append(ring)
            if dark:
                self.fill_hull(ring, (30, 25, 25), part_id=OCCLUDER_ID)
            self.canvas.draw_line(np.concatenate([ring, ring[:1]]), frame, width)
            if side * self.rotation[2, 0] < 0.1:
                arm = self.project(np.array([[54.0 * side, 0, 6], [71 * side, 0, 90]]))
                self.canvas.draw_line(arm, frame, width)
        self.canvas.draw_line(np.stack([rings[0][0], rings[1][6]]), frame, width)
