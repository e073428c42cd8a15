"""Errors of left and right and of the heading, apart from errors of the place.

Shape letters: N poses, K keypoints. Coordinates are (x, y), all in the same unit. NaN stands
for a joint that does not count.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .distances import normalised_distances

FAR = 0.5
"""Distances from here on, as shares of the length, are equally bad when headings compete."""


class SideDistances(NamedTuple):
    """Distances (N, K) as shares of a length, NaN for joints that do not count."""

    plain: np.ndarray
    """Of each joint from its own true place."""
    without_sides: np.ndarray
    """With the better assignment of each pair's left and right."""
    better_heading: np.ndarray
    """Of the pose or of the pose turned round, whichever is nearer to the truth."""
    partner: np.ndarray
    """Of each paired joint from the true place of its mirror image; NaN for unpaired ones."""
    turned: np.ndarray
    """(N,), bool, whether the pose turned round is nearer."""
    mates: np.ndarray
    """(K,), the mirror image's index of each joint."""


def side_distances(
    predicted: np.ndarray,
    truth: np.ndarray,
    counted: np.ndarray,
    length: float | np.ndarray,
    flip_indices: Sequence[int],
) -> SideDistances:
    """Return distances with and without errors of sides and heading.

    A pose is turned round by mirroring it about the vertical line through the middle of its
    counted joints, with left and right exchanged, as a mirrored photograph shows it.

    Args:
        predicted: (N, K, 2).
        truth: (N, K, 2), in the same unit.
        counted: (N, K), which joints count.
        length: Number or (N, 1), in that unit.
        flip_indices: For each keypoint its mirror image's index.
    """
    counted = np.asarray(counted) > 0
    order = np.asarray(flip_indices)
    paired = order != np.arange(len(order))

    def from_truth(points: np.ndarray, where: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.asarray(normalised_distances(points, where, of, length))

    plain = from_truth(predicted, truth, counted)
    partner = from_truth(predicted, truth[:, order], counted[:, order] & paired)
    # prediction of the partner against the own truth, and the other way round
    crossed = np.where(paired, partner[:, order], plain)
    gain = np.nan_to_num(plain.clip(0, FAR)) - np.nan_to_num(crossed.clip(0, FAR))
    without_sides = np.where(gain + gain[:, order] > 0, crossed, plain)

    weight = counted[..., None]
    total = np.maximum(counted.sum(1), 1)[:, None]
    middle = (np.where(weight, predicted, 0)[..., 0].sum(1, keepdims=True)) / total
    mirrored = np.stack((2 * middle - predicted[..., 0], predicted[..., 1]), -1)[:, order]
    reverse = from_truth(mirrored, truth, counted)
    turned = _cost(reverse) < _cost(plain)
    return SideDistances(
        plain=plain,
        without_sides=without_sides,
        better_heading=np.where(turned[:, None], reverse, plain),
        partner=partner,
        turned=turned,
        mates=order,
    )


def side_scores(distances: SideDistances, threshold: float) -> dict[str, float]:
    """Return shares from 0 to 1 over all joints and poses that count; NaN where none does.

    Returns:
        ``pck``; ``pck_without_sides``: with left and right of those pairs exchanged that are
        then nearer and have more correct joints; ``swaps``: share of the paired joints that
        lie at their partner's place and not at their own; ``reversals``: share of the poses
        that are nearer to the truth and have more correct joints when turned round;
        ``pck_better_heading``: with these poses turned round.
    """
    plain, without, better, partner, turned, mates = distances
    counted = ~np.isnan(plain)
    both = counted & ~np.isnan(partner)
    swapped = (partner < threshold) & ~(plain < threshold) & both
    hits, turned_hits = ((d < threshold).sum(1) for d in (plain, better))
    reversed_ = turned & (turned_hits > hits)
    gain = np.subtract(without < threshold, plain < threshold, dtype=int)
    sides = np.where(gain + gain[:, mates] > 0, without, plain)
    right_way = np.where(reversed_[:, None], better, plain)
    return dict(
        pck=_share(plain < threshold, counted),
        pck_without_sides=_share(sides < threshold, counted),
        pck_better_heading=_share(right_way < threshold, counted),
        swaps=_share(swapped, both),
        reversals=_share(reversed_, counted.any(1)),
    )


def _cost(distances: np.ndarray) -> np.ndarray:
    """Return the mean distance (N,); far joints are equally far."""
    count = np.maximum((~np.isnan(distances)).sum(1), 1)
    return np.asarray(np.nansum(distances.clip(0, FAR), axis=1) / count)


def _share(right: np.ndarray, of: np.ndarray) -> float:
    return float(right[of].mean()) if of.any() else float('nan')
