"""Horns, wool and ruffs of toy animals.

Letters: P points. Lengths are in heights at the withers, positions in the camera frame.
"""

from typing import TYPE_CHECKING

import numpy as np

from .figure import Figure
from .geometry import Array, rotation_matrices, sphere_points

if TYPE_CHECKING:
    from .animal import Animal

_GOLDEN_ANGLE = 137.50776
_HORN_PIECES = 4
_LOCKS = 26  # on each ellipsoid


def add_horns(figure: Figure, animal: 'Animal', depth: float) -> None:
    """Add two bent horns to a head that is drawn at ``depth``."""
    features, size = animal.appearance.features, animal.appearance.proportions.head_size
    rotation = animal.orientation('head')
    piece = features.horn_length / _HORN_PIECES
    for side, sign in (('left', 1), ('right', -1)):
        start = animal.at('head', sign * 0.03 * size, -0.035 * size, -0.06 * size)
        behind = 2e-3 if (rotation @ [sign, 0, 0])[2] > 0 else -4e-4
        for number in range(_HORN_PIECES):
            angle = 10 + features.horn_bend * number / (_HORN_PIECES - 1)
            bend = rotation_matrices(np.array([-angle, 0.0, sign * 9.0]))
            end = start + rotation @ bend @ [0, -piece, 0]
            thick = 0.024 * (1 - np.arange(number, number + 2) / (_HORN_PIECES + 1.5))
            nearer = float(start[2] + end[2]) / 2 - depth - behind
            figure.capsule(
                f'head {side} horn',
                (start, end),
                (float(thick[0]), float(thick[1])),
                animal.appearance.hooves,
                nearer=nearer,
            )
            start = end


def add_fleece(
    figure: Figure,
    part: str,
    ellipsoids: list[tuple[Array, Array, Array]],
    animal: 'Animal',
) -> None:
    """Cover ellipsoids with locks of wool.

    Args:
        figure: To which the locks are added.
        part: Name of the part that they belong to.
        ellipsoids: Centre, half axes and rotation of each.
        animal: Gives thickness and texture of the locks.
    """
    lock = animal.appearance.features.fleece
    order = np.arange(_LOCKS) + 0.5
    elevation = np.rad2deg(np.arcsin(1 - 2 * order / _LOCKS))
    directions = sphere_points(_GOLDEN_ANGLE * order, elevation)
    for centre, axes, rotation in ellipsoids:
        places = centre + (directions * np.asarray(axes)) @ rotation.T
        for place in places:
            axes, coat = np.full(3, lock), animal.appearance.coat
            figure.ellipsoid(f'{part} fleece', place, axes, rotation, coat)


def add_ruff(figure: Figure, animal: 'Animal', depth: float) -> None:
    """Add a mane all round neck and cheeks, behind a head that is drawn at ``depth``."""
    thick = animal.appearance.features.ruff
    head, neck = animal.orientation('head'), animal.orientation('neck')
    top = animal.at('head', 0, 0.04, 0.03), np.array([0.8, 1.0, 0.7]) * thick, head
    low = animal.at('neck', 0, 0.07, -0.02), np.array([0.8, 1.15, 0.8]) * thick, neck
    figure.hull('neck ruff', [low, top], animal.appearance.hair, depth=depth + 1e-3)
