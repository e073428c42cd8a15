"""Collect the solids of a figure, sort them by depth and draw them.

Letters: P points. Solids are given in the camera frame of ``geometry``, in the figure's unit,
and projected to the image by a ``View``. A figure knows the extent of its solids in the image,
and which of its parts is visible at a pixel.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from .drawing import Canvas, Image
from .geometry import (
    Array,
    View,
    capsule_outline,
    ellipse_outline,
    projected_ellipse,
    visible_patch,
)

PARTS_PER_FIGURE = 128
"""The part ids of figure n start at ``n * PARTS_PER_FIGURE``."""


def _tube_texture_axes(along: Array, radius: float, length: float) -> Array:
    """Return the texture axes of a tube: y along the tube, x across."""
    (x, y), ratio = along.tolist(), radius / length
    return np.array([[y * ratio, x / 2], [-x * ratio, y / 2]])


class Figure:
    """Collects solids and draws them back to front.

    Each method that adds a solid takes the name of its part, by which its pixels are found
    later, and a depth. Solids with larger depth are drawn first; solids of equal depth are
    drawn in the order in which they were added.

    Args:
        view: Position and scale of the figure in the image.
        number: Number of the figure in the image, from 1; 0 is for objects that hide figures.
    """

    def __init__(self, view: View, number: int = 1) -> None:
        self.view = view
        self.number = number
        self._names: dict[str, int] = {}
        self._queue: list[tuple[float, Callable[[Canvas], None]]] = []
        self._outlines: list[Array] = []

    def part_id(self, name: str) -> int:
        """Return the id of a part in the canvas's part map.

        Raises:
            ValueError: If the figure has too many parts.
        """
        number = self._names.setdefault(name, len(self._names) + 1)
        if number >= PARTS_PER_FIGURE:
            raise ValueError(
                f'expected fewer than {PARTS_PER_FIGURE} parts, got one more: {name!r}.'
            )
        return self.number * PARTS_PER_FIGURE + number

    @property
    def extent(self) -> Array:
        """(4,) x0, y0, x1, y1 of all solids in image px; may exceed the image."""
        points = np.concatenate(self._outlines)
        return np.concatenate([points.min(0), points.max(0)])

    def visible_parts_at(self, canvas: Canvas, points: Array) -> list[str]:
        """Return the names of the figure's parts that are visible at (P, 2) points in image px.

        The name is ``''`` where something else is visible, and outside the image.
        """
        names = {number: name for name, number in self._names.items()}
        height, width = canvas.part_map.shape
        parts = []
        for x, y in np.round(points).astype(int).tolist():
            inside = 0 <= x < width and 0 <= y < height
            part_id = int(canvas.part_map[y, x]) if inside else 0
            mine = part_id // PARTS_PER_FIGURE == self.number
            parts.append(names.get(part_id % PARTS_PER_FIGURE, '') if mine else '')
        return parts

    def draw(self, canvas: Canvas) -> None:
        """Draw all solids, the farthest first."""
        for _, paint in sorted(self._queue, key=lambda entry: -entry[0]):
            paint(canvas)

    def add(self, depth: float, paint: Callable[[Canvas], None]) -> None:
        """Add a function that draws on a canvas, at the given depth."""
        self._queue.append((depth, paint))

    def capsule(
        self,
        name: str,
        ends: tuple[Array, Array],
        radii: tuple[float, float],
        texture: Image,
        *,
        nearer: float = 0.0,
    ) -> None:
        """Add a limb: a tapered capsule between two points, shaded as a tube.

        Args:
            name: Name of the part.
            ends: Two (3,) points; the texture's y axis runs from the first to the second.
            radii: At the two ends.
            texture: (T, T, 3).
            nearer: Subtracted from the mean depth of the two ends for sorting.
        """
        start, end = self.view(ends[0]), self.view(ends[1])
        first, second = (self.view.scale * radius for radius in radii)
        along = end - start
        length = math.hypot(*along.tolist())
        wide = max(first, second)
        if length < 0.3 * wide:  # the axis points towards the viewer
            texture_axes, shape = np.eye(2) * wide, 'ball'
        else:
            texture_axes, shape = _tube_texture_axes(along, wide, length), 'tube'
        self._solid(
            name,
            capsule_outline(start, end, first, second),
            texture,
            (start + end) / 2,
            texture_axes,
            shape,
            (ends[0][2] + ends[1][2]) / 2 - nearer,
        )

    def ellipsoid(
        self,
        name: str,
        centre: Array,
        axes: Sequence[float] | Array,
        rotation: Array,
        texture: Image,
        *,
        depth: float | None = None,
    ) -> None:
        """Add an ellipsoid, shaded as a ball.

        Args:
            name: Name of the part.
            centre: (3,).
            axes: Three half axes.
            rotation: (3, 3) rotation of the axes to the camera frame.
            texture: (T, T, 3).
            depth: For sorting; None takes the depth of the centre.
        """
        middle = self.view(centre)
        ellipse = projected_ellipse(axes, rotation) * self.view.scale
        outline = ellipse_outline(middle, ellipse)
        depth = centre[2] if depth is None else depth
        self._solid(name, outline, texture, middle, ellipse, 'ball', depth)

    def hull(
        self,
        name: str,
        ends: Sequence[tuple[Array, Sequence[float] | Array, Array]],
        texture: Image,
        *,
        nearer: float = 0.0,
        depth: float | None = None,
    ) -> None:
        """Add the convex hull of several ellipsoids, shaded as a tube.

        Args:
            name: Name of the part.
            ends: Ellipsoids as (centre, half axes, rotation); the texture's y axis runs from
                the first centre to the last.
            texture: (T, T, 3).
            nearer: Subtracted from the mean depth of the centres for sorting.
            depth: For sorting, instead of the mean depth.
        """
        outlines = []
        wide = 0.0
        for centre, axes, rotation in ends:
            ellipse = projected_ellipse(axes, rotation) * self.view.scale
            outlines.append(ellipse_outline(self.view(centre), ellipse))
            wide = max(wide, math.hypot(*ellipse[:, 0].tolist()))
        start, end = self.view(ends[0][0]), self.view(ends[-1][0])
        along = end - start
        length = max(math.hypot(*along.tolist()), 1.0)
        if depth is None:
            depth = float(np.mean([centre[2] for centre, _, _ in ends])) - nearer
        self._solid(
            name,
            np.concatenate(outlines),
            texture,
            (start + end) / 2,
            _tube_texture_axes(along, wide, length),
            'tube',
            depth,
        )

    def surface_patch(
        self,
        name: str,
        points: Array,
        centre: Array,
        axes: Sequence[float] | Array,
        rotation: Array,
        texture: Image,
        *,
        depth: float,
    ) -> None:
        """Add a patch of an ellipsoid's surface, shaded as the whole ellipsoid.

        The patch is the convex hull of (P, 3) ``points`` on the unit sphere, see
        ``geometry.visible_patch``.
        """
        visible = visible_patch(points, axes, rotation)
        if visible is not None:
            ellipse = projected_ellipse(axes, rotation) * self.view.scale
            outline = self.view(centre + visible)
            middle = self.view(centre)
            self._solid(name, outline, texture, middle, ellipse, 'ball', depth)

    def _solid(
        self,
        name: str,
        outline: Array,
        texture: Image,
        centre: Array,
        texture_axes: Array,
        shape: str,
        depth: float,
    ) -> None:
        self._outlines.append(outline)
        part_id = self.part_id(name)
        self.add(
            depth,
            lambda canvas: canvas.draw_texture(
                outline, texture, centre, texture_axes, shape=shape, part_id=part_id
            ),
        )
