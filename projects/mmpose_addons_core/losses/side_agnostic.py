"""Targets with the assignment of left and right that fits the prediction better.

Shape letters: B samples, K keypoints, `...` a heatmap H x W, or coordinates.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def nearer_sides(
    output: Tensor,
    target: Tensor,
    weights: Tensor,
    limbs: Sequence[Sequence[tuple[int, int]]],
) -> tuple[Tensor, Tensor]:
    r"""Exchange left and right in the targets of limbs where that lowers the squared error.

    .. math:: L = \sum_{limbs} \min\left(\sum_{k} w_k \|o_k - t_k\|^2,
              \sum_k w_{s(k)} \|o_k - t_{s(k)}\|^2\right)

    where s exchanges the sides. A loss on the returned targets teaches the place of a limb and
    leaves its side open: of use while the sides of pseudo-labels are no better than chance.

    Args:
        output: (B, K, ...), predicted.
        target: (B, K, ...).
        weights: (B, K) or (B, K, ...).
        limbs: Lists of pairs of keypoints that exchange sides together.

    Returns:
        Targets and weights of the same shapes, without a gradient.

    Example:
        >>> output = torch.tensor([[[1.0], [0.0]]])
        >>> nearer_sides(output, 1 - output, torch.ones(1, 2), [[(0, 1)]])[0]
        tensor([[[1.], [0.]]])
    """
    with torch.no_grad():
        target, weights = target.clone(), weights.clone()
        for limb in limbs:
            own = [joint for pair in limb for joint in pair]
            other = [joint for a, b in limb for joint in (b, a)]
            costs = []
            for taken in (own, other):
                error = (output[:, own] - target[:, taken]).square()
                weight = weights[:, taken]
                weight = weight.reshape(*weight.shape, *[1] * (error.ndim - weight.ndim))
                costs.append((error * weight).flatten(1).sum(1))
            swap = (costs[1] < costs[0]).nonzero()[:, 0]
            rows = swap[:, None]
            for values in (target, weights):
                values[rows, own] = values[rows, other]
    return target, weights
