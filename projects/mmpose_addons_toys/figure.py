"""Figures in three dimensions: solids are collected, sorted by depth, and drawn.

Letters: P points. Solids live in the camera frame of `geometry`, in statures, and
reach the picture through a `View`. A figure knows how far its solids extend in the
picture and at which pixels one of its parts can be seen.
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

PARTS_PER_FIGURE = 128  # the part numbers of figure n begin at n * PARTS_PER_FIGURE


def _tube_texture_axes(along: Array, radius: float, length: float) -> Array:
    """Texture frame whose y axis runs along a tube, its x axis across."""
    (x, y), ratio = along.tolist(), radius / length
    return np.array([[y * ratio, x / 2], [-x * ratio, y / 2]])


class Figure:
    """Collects solids and draws them back to front.

    Every method that adds a solid takes a part's name, under which its pixels are
    found again, and a depth by which the solids are sorted, far ones first; solids
    of the same depth are drawn in the order in which they were added.

    Args:
        view: Where the figure stands in the picture and how large it is.
        number: Its number in the picture, from 1.
    """

    def __init__(self, view: View, number: int = 1) -> None:
        self.view = view
        self.number = number
        self._names: dict[str, int] = {}
        self._queue: list[tuple[float, Callable[[Canvas], None]]] = []
        self._outlines: list[Array] = []

    def part_id(self, name: str) -> int:
        """The number of a part in the canvas's part map."""
        number = self._names.setdefault(name, len(self._names) + 1)
        if number >= PARTS_PER_FIGURE:
            raise ValueError(
                f'A figure has fewer than {PARTS_PER_FIGURE} parts, {name} is over.'
            )
        return self.number * PARTS_PER_FIGURE + number

    @property
    def extent(self) -> Array:
        """(4,) x0, y0, x1, y1 of all solids in image px, inside it or not."""
        points = np.concatenate(self._outlines)
        return np.concatenate([points.min(0), points.max(0)])

    def visible_parts_at(self, canvas: Canvas, points: Array) -> list[str]:
        """Names of the figure's parts that are seen at (P, 2) points in image px.

        '' stands where anything else is seen, and outside the picture.
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
        """Draws all solids, far ones first."""
        for _, paint in sorted(self._queue, key=lambda entry: -entry[0]):
            paint(canvas)

    def add(self, depth: float, paint: Callable[[Canvas], None]) -> None:
        """Adds anything that draws itself on a canvas."""
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
        """A limb: a tapered capsule between two points, round like a tube.

        Args:
            ends: Two (3,) points; the texture's y axis runs from one to the other.
            radii: At the two ends.
            nearer: How much nearer than its middle it counts when sorted.
        """
        start, end = self.view(ends[0]), self.view(ends[1])
        first, second = (self.view.scale * radius for radius in radii)
        along = end - start
        length = math.hypot(*along.tolist())
        wide = max(first, second)
        if length < 0.3 * wide:  # seen along its axis
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
        """A ball with three half axes, turned by (3, 3) `turn`."""
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
        """The hull of ellipsoids (centre, half axes, turn), round like a tube.

        The texture's y axis runs from the first centre to the last.
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
        """A patch of an ellipsoid's surface, the convex hull of (P, 3) `points`.

        The points lie on the unit sphere, see `visible_patch`; the shading is that
        of the whole ellipsoid.
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
