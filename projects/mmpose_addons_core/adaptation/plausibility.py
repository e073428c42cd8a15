"""Swaps of left and right and misplaced joints, found by a prior of poses.

Shape letters: N poses, K keypoints, G limbs. Coordinates are (x, y) in image px; boxes are
x, y, w, h.
"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from .limb_pairs import swapped_limb
from .pose_prior import PosePrior

Limbs = Sequence[Sequence[tuple[int, int]]]
MOST_LIMBS = 4
"""Up to this many limbs, all combinations of swaps are compared."""


class Corrected(NamedTuple):
    """Plausibility of poses by a prior."""

    swaps: np.ndarray
    """(N, G), bool, limbs that are more plausible with left and right exchanged."""
    plausible: np.ndarray
    """(N, K), bool, joints that fit the others; in the order after the swaps."""


def corrected(
    prior: PosePrior,
    points: np.ndarray,
    shown: np.ndarray,
    boxes: np.ndarray,
    limbs: Limbs,
    swap_margin: float = 3.0,
    drop_margin: float = 8.0,
    least: float = 0.4,
    most: int = 20,
) -> Corrected:
    """Find swapped limbs and misplaced joints together.

    Each pose is judged with the most plausible sides. The joint that then fits worst is left
    out, and the others are judged again, until all fit. The joints that remain decide on the
    sides.

    Args:
        prior: Of the source's poses.
        points: (N, K, 2).
        shown: (N, K), bool.
        boxes: (N, 4).
        limbs: G lists of pairs, of :func:`~.limb_pairs.paired_limbs`.
        swap_margin: By how much the log density must rise to exchange sides, nats; 3 is a
            factor of 20. Infinite: sides stay as they are.
        drop_margin: Factor to the prior's limit, for targets of another build; infinite: all
            joints are plausible.
        least: Of a pose from which fewer than this share of its joints would remain, no joint
            is plausible.
        most: Of a pose at most this many joints are left out one by one; 1 is fast.
    """
    good = np.array(shown, bool)
    start = np.maximum(good.sum(1), 1)
    bad = np.zeros(len(points), bool)
    active = np.arange(len(points)) if np.isfinite(drop_margin) else np.arange(0)
    free = limbs if np.isfinite(swap_margin) else []
    for _ in range(most):
        if not len(active):
            break
        swaps = _swaps(prior, points[active], good[active], boxes[active], free, 0.0)
        moved, there = (exchanged(v[active], swaps, free) for v in (points, good))
        joint = prior.judge(moved, there, boxes[active]).joint_distance
        joint = exchanged(np.nan_to_num(joint, nan=-1.0), swaps, free)
        odd = joint.max(1, initial=-1.0) > drop_margin * prior.limit
        active, worst = active[odd], joint.argmax(1)[odd]
        good[active, worst] = False
        few = good[active].sum(1) < least * start[active]
        bad[active[few]] = True
        active = active[~few]
    good &= ~bad[:, None]
    swaps = np.zeros((len(points), len(limbs)), bool)
    if free and len(points):
        swaps = _swaps(prior, points, good, boxes, limbs, swap_margin)
    return Corrected(swaps, exchanged(good, swaps, limbs))


def _swaps(
    prior: PosePrior,
    points: np.ndarray,
    shown: np.ndarray,
    boxes: np.ndarray,
    limbs: Limbs,
    margin: float,
) -> np.ndarray:
    """Find swaps (N, G) that raise the log density most, and by more than the margin, nats."""
    none = np.zeros(len(limbs), bool)
    if len(limbs) <= MOST_LIMBS:
        choices = [np.array(c, bool) for c in product((False, True), repeat=len(limbs))]
    else:
        choices = [none, *np.eye(len(limbs), dtype=bool), ~none]
    densities = []
    for choice in choices:
        where = [pair for limb, on in zip(limbs, choice, strict=True) if on for pair in limb]
        there = swapped_limb(shown, where)
        densities.append(prior.log_densities(swapped_limb(points, where), there, boxes))
    gains = np.stack(densities, 1) - densities[0][:, None]
    sure = gains.max(1) > margin
    return np.where(sure[:, None], np.stack(choices)[gains.argmax(1)], none)


def exchanged(values: np.ndarray, swaps: np.ndarray, limbs: Limbs) -> np.ndarray:
    """Return values (N, K, ...) with the sides of some limbs exchanged.

    Args:
        values: (N, K, ...).
        swaps: (N, G), bool.
        limbs: G lists of pairs.
    """
    result = values.copy()
    for number, limb in enumerate(limbs):
        rows = swaps[:, number]
        result[rows] = swapped_limb(result[rows], limb)
    return result
