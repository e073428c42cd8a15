"""A canvas on which a head is drawn by points in its own frame.

Letters: P points. Points are in mm in the head's frame (x to the right of the image, y down, z
away from the viewer), see ``mmpose_addons_core.faces.layouts``; projected points are in image
px.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from mmpose_addons_core.faces.head_pose import HeadPose

from .drawing import Canvas, Colour, plain_texture
from .face_appearance import FaceAppearance
from .face_outlines import LANDMARKS, NECK
from .geometry import Array

DARK, WHITE, SHADOW = (24, 20, 26), (245, 245, 245), (20, 15, 45)


class HeadCanvas:
    """Projects and fills the parts of one head.

    Args:
        canvas: To draw on; its light shades the head.
        landmarks: (98, 3) in mm, already scaled by ``size``.
        size: (3,) factors of the head's width, height and depth.
        pose: Pose and camera of one head.
        appearance: Of the face.
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
        self.px_per_mm = float(pose.focal[0] / pose.translation[0, 2])
        self.points = pose.project(landmarks)[0]
        angle = np.radians(canvas.light.angle)
        self.light = np.array([np.cos(angle), np.sin(angle), -0.9]) / np.sqrt(1.81)

    def landmark_points(self, name: str) -> Array:
        """Return the (P, 2) landmarks of a part of the face, in image px."""
        return self.points[LANDMARKS[name]]

    def project(self, points: Array) -> Array:
        """Project (P, 3) points of a head of size 1 to (P, 2) image px."""
        return self.pose.project(points * self.size)[0]

    def project_body(self, points: Array) -> Array:
        """Project (P, 3) points of the body to (P, 2) image px.

        The body follows the position of the neck but does not rotate with the head.
        """
        lift = np.array([0, NECK[1], 0])
        return (points - lift)[:, :2] * self.px_per_mm + self.project(NECK[None])

    def fill_hull(
        self,
        outline: Array,
        colour: Colour,
        *,
        shape: str = 'ball',
        part_id: int | None = None,
        within_part: int | None = None,
    ) -> None:
        """Fill the convex hull of (P, 2) points, shaded as a solid of that extent."""
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

    def tint_hull(self, outline: Array, colour: Colour, opacity: float) -> None:
        """Blend a colour over the convex hull of (P, 2) points."""
        hull = cv2.convexHull(outline.astype(np.float32))[:, 0]
        self.canvas.tint(hull.astype(float), colour, opacity)

    def shade_facet(self, points: Array, polygon: Array) -> None:
        """Lighten or darken a flat part of the surface by its angle to the light.

        Args:
            points: Three (3,) points of the facet, clockwise as seen from outside.
            polygon: (P, 2) outline of the facet in image px.
        """
        normal = self.rotation @ np.cross(points[1] - points[0], points[2] - points[0])
        normal = normal / np.sqrt(normal @ normal)
        if normal[2] > 0:
            return
        lit = float(normal @ self.light) - 0.6
        colour = WHITE if lit > 0 else SHADOW
        self.tint_hull(polygon, colour, min(abs(lit) * 0.5 * self.canvas.light.strength, 0.4))
