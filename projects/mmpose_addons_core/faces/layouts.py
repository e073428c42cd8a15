"""Landmark layouts of faces, 98 points of WFLW and 68 of 300W, with a neutral 3-D face.

Shape letters: K landmarks. The 3-D faces are in mm in the head's frame: origin between the
eyes, x to the right of the image, y down, z away from the camera when the face
looks into it. That frame is right-handed.

"Left" and "right" are those of the image.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

PROFILE_STEPS = 1000  # to measure the jaw's length


@dataclass(frozen=True)
class FaceLayout:
    """The meaning of each landmark.

    Args:
        parts: Landmark indices of each part, along its line.
        pupils: The landmarks whose mean is the left and the right pupil.
        template: (K, 3), mm, a neutral face that is its own mirror image.
    """

    parts: dict[str, range]
    pupils: tuple[range, range]
    template: np.ndarray

    @property
    def outer_eye_corners(self) -> tuple[range, range]:
        """The left and the right corner, each as a range of one landmark."""
        left, right = self.parts['left_eye'], self.parts['right_eye']
        middle = len(right) // 2
        return left[:1], right[middle : middle + 1]

    @cached_property
    def steadiness(self) -> np.ndarray:
        """(K,), how rigidly a landmark moves with the head, from 0 to 1.

        1 for nose and eyes; 0.3 for the ends of the jaw, whose landmarks slide along the cheek
        when a head turns away; 0.1 for brows, lips, chin and pupils.
        """
        steadiness = np.full(len(self.template), 0.1)
        for part in ('nose_bridge', 'nose_base', 'left_eye', 'right_eye'):
            steadiness[self.parts[part]] = 1
        jaw = self.parts['jaw']
        ends = len(jaw) // 4
        steadiness[jaw[:ends]] = steadiness[jaw[-ends:]] = 0.3
        return steadiness


CLOSED_PARTS = {'left_eye', 'right_eye', 'outer_lip', 'inner_lip'}
"""Parts whose line is closed."""

_LENGTHS = {
    98: dict(
        jaw=33,
        left_brow=9,
        right_brow=9,
        nose_bridge=4,
        nose_base=5,
        left_eye=8,
        right_eye=8,
        outer_lip=12,
        inner_lip=8,
        pupils=2,
    ),
    68: dict(
        jaw=17,
        left_brow=5,
        right_brow=5,
        nose_bridge=4,
        nose_base=5,
        left_eye=6,
        right_eye=6,
        outer_lip=12,
        inner_lip=8,
    ),
}


class FaceLayoutError(ValueError):
    """Faces with a number of landmarks for which no layout is known."""


@cache
def face_layout(count: int) -> FaceLayout:
    """Return the layout with `count` landmarks.

    Raises:
        FaceLayoutError: If there is none.

    Example:
        >>> face_layout(98).parts['nose_bridge']
        range(51, 55)
        >>> face_layout(68).outer_eye_corners
        (range(36, 37), range(45, 46))
    """
    if count not in _LENGTHS:
        raise FaceLayoutError(
            f'face layouts are known for {sorted(_LENGTHS)} landmarks, got {count}'
        )
    parts, shapes, start = {}, [], 0
    for part, length in _LENGTHS[count].items():
        parts[part] = range(start, start + length)
        shapes.append(_part(part, length))
        start += length
    template = np.concatenate(shapes)
    template.flags.writeable = False
    pupils = parts['left_eye'], parts['right_eye']
    if 'pupils' in parts:
        pupils = parts['pupils'][:1], parts['pupils'][1:]
    return FaceLayout(parts, pupils, template)


def _part(name: str, length: int) -> np.ndarray:
    """Return a part's landmarks (length, 3), mm."""
    if name.startswith('right_'):
        return _mirrored(name.removeprefix('right_'), _part(f'left_{name[6:]}', length))
    return {
        'jaw': _jaw,
        'left_brow': _left_brow,
        'nose_bridge': _nose_bridge,
        'nose_base': _nose_base,
        'left_eye': _left_eye,
        'outer_lip': lambda n: _ring(n, (0, 70), (25, 9, 11), depth=(-12, 60)),
        'inner_lip': lambda n: _ring(n, (0, 70), (20, 2, 2), depth=(-9, 60)),
        'pupils': lambda _: np.array([[-31.0, 0, 6], [31, 0, 6]]),
    }[name](length)


def _mirrored(kind: str, part: np.ndarray) -> np.ndarray:
    """Return the right part in its own order, from the left as that of the left part."""
    mirrored = part * (-1, 1, 1)
    if kind == 'eye':  # corner, upper lid, corner, lower lid
        return np.roll(mirrored[::-1], len(part) // 2 + 1, axis=0)
    edge = 5  # landmarks of a brow's upper edge; the lower edge runs back
    return np.concatenate((mirrored[:edge][::-1], mirrored[edge:][::-1]))


def _jaw(length: int) -> np.ndarray:
    angle = np.linspace(-np.pi / 2, np.pi / 2, PROFILE_STEPS)
    line = np.stack(
        (68 * np.sin(angle), -5 + 113 * np.cos(angle), -2 + 87 * np.sin(angle) ** 2), axis=-1
    )
    steps = np.linalg.norm(np.diff(line, axis=0), axis=-1)
    along = np.concatenate(([0], np.cumsum(steps)))
    wanted = np.linspace(0, along[-1], length)
    return np.stack([np.interp(wanted, along, axis) for axis in line.T], axis=-1)


def _left_brow(length: int) -> np.ndarray:
    inwards = np.linspace(0, 1, 5)
    # the lower edge runs back to the outer end, which belongs to the upper edge
    across = np.concatenate((inwards, inwards[:0:-1]))[:length]
    lowered = np.where(np.arange(length) < 5, 0.0, 5.0) if length > 5 else 2.5
    x = -55 + 41 * across
    y = -17 - 9 * np.sin(np.pi * (0.15 + 0.7 * across)) + lowered
    return np.stack((x, y, -2 + x**2 / 200), axis=-1)


def _nose_bridge(length: int) -> np.ndarray:
    return np.linspace((0, 2, -3), (0, 36, -28), length)


def _nose_base(length: int) -> np.ndarray:
    across = np.linspace(-1, 1, length)
    return np.stack((15 * across, 51 - 5 * across**2, -16 + 10 * across**2), axis=-1)


def _left_eye(length: int) -> np.ndarray:
    return _ring(length, (-31, 0), (14.5, 5, 5), depth=(5, 350))


def _ring(
    length: int,
    centre: tuple[float, float],
    size: tuple[float, float, float],
    depth: tuple[float, float],
) -> np.ndarray:
    """Return a ring from the left end along the upper edge, and back along the lower.

    Args:
        length: Landmarks.
        centre: (x, y).
        size: Half width, height above and below the centre.
        depth: z in the face's middle, and the radius by which it falls off to the sides.
    """
    angle = np.pi - 2 * np.pi * np.arange(length) / length
    width, above, below = size
    x = centre[0] + width * np.cos(angle)
    upwards = np.sin(angle)
    y = centre[1] - upwards * np.where(upwards > 0, above, below)
    return np.stack((x, y, depth[0] + x**2 / depth[1]), axis=-1)
