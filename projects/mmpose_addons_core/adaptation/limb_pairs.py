"""Left and right of pseudo-labels: pairs, limbs, and joints that lie together.

Shape letters: N poses, K keypoints, G limbs. Coordinates are (x, y) in image px; boxes are
x, y, w, h.
"""

from collections.abc import Iterable, Sequence

import numpy as np


def mirrored_pairs(flip_indices: Sequence[int]) -> list[tuple[int, int]]:
    """Return pairs of keypoints that are each other's mirror image, the smaller index first.

    >>> mirrored_pairs([0, 2, 1, 4, 3])
    [(1, 2), (3, 4)]
    """
    return [(k, int(other)) for k, other in enumerate(flip_indices) if k < other]


def paired_limbs(
    flip_indices: Sequence[int], skeleton: Iterable[Sequence[int]]
) -> list[list[tuple[int, int]]]:
    """Return pairs that can only change sides together: those that the skeleton connects.

    Args:
        flip_indices: For each keypoint its mirror image's index.
        skeleton: Pairs of connected keypoints, from 0.

    >>> paired_limbs([0, 2, 1, 4, 3, 6, 5], [(0, 1), (1, 3), (2, 4), (0, 5)])
    [[(1, 2), (3, 4)], [(5, 6)]]
    """
    pairs = mirrored_pairs(flip_indices)
    number = {joint: index for index, pair in enumerate(pairs) for joint in pair}
    limb = list(range(len(pairs)))
    for a, b in skeleton:
        first, second = number.get(int(a)), number.get(int(b))
        # a link between the sides, as between the eyes, belongs to one pair
        if first is not None and second is not None and limb[first] != limb[second]:
            old, new = max(limb[first], limb[second]), min(limb[first], limb[second])
            limb = [new if index == old else index for index in limb]
    return [[pairs[i] for i, of in enumerate(limb) if of == name] for name in sorted(set(limb))]


def swapped_limb(values: np.ndarray, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    """Return values (N, K, ...) in which the keypoints of pairs have changed places."""
    result = values.copy()
    for a, b in pairs:
        result[:, a], result[:, b] = values[:, b], values[:, a]
    return result


def sides_apart(
    points: np.ndarray,
    shown: np.ndarray,
    boxes: np.ndarray,
    flip_indices: Sequence[int],
    together: float = 0.04,
) -> np.ndarray:
    """Return which joints do not lie at the place of their mirror image.

    A network that does not know left from right puts both labels on the same limb. One of them
    is wrong, and nothing says which.

    Args:
        points: (N, K, 2).
        shown: (N, K), bool.
        boxes: (N, 4).
        flip_indices: For each keypoint its mirror image's index.
        together: Distance below which two joints count as one place, as a share of the box's
            longer side.

    Returns:
        (N, K), bool; True also for joints in the middle of the body.

    Example:
        >>> points = np.array([[[0.0, 0], [50, 0], [51, 0]]])
        >>> sides_apart(points, np.ones((1, 3), bool), np.array([[0, 0, 100, 50]]), [0, 2, 1])
        array([[ True, False, False]])
    """
    apart = np.ones(shown.shape, bool)
    side = boxes[:, 2:].max(1)
    for a, b in mirrored_pairs(flip_indices):
        near = np.linalg.norm(points[:, a] - points[:, b], axis=-1) < together * side
        apart[:, a] &= ~(near & shown[:, a] & shown[:, b])
        apart[:, b] = apart[:, b] & ~(near & shown[:, a] & shown[:, b])
    return apart
