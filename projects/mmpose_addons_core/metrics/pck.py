"""Percentage of correct keypoints (PCK) of animals, in two protocols.

Shape letters: `...` any leading shape, N images, K keypoints, H x W a map. Coordinates are
(x, y). Distances are shares of a length; NaN stands for a joint that does not count.

Protocols, both at the threshold 0.05:

- "Learning from Synthetic Animals" (arXiv 1912.08265), as its published code does: pixels of
  the maxima of predicted and target heatmap, share of the map's width W.
- MMPose's ``PCKAccuracy(norm_item='bbox')``: coordinates, share of the box's longer side.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ..formula import formula
from ..heatmaps.peaks import heatmap_peaks
from .distances import normalised_distances


class PCK(NamedTuple):
    """Shares from 0 to 1; NaN where no joint counts."""

    per_joint: Tensor  # (K)
    over_joints: Tensor  # (): mean of the joints that count in some image
    over_points: Tensor  # (): share of all points that count, frequent joints weigh more


@formula
def pck(distances: Tensor, threshold: float = 0.05) -> PCK:
    """Return the share of the joints whose distance is below the threshold.

    Args:
        distances: (N, K), NaN for a joint that does not count.
        threshold: Unit of the distances. A distance equal to it is not correct.

    Example:
        >>> nan = float('nan')
        >>> pck(torch.tensor([[0.01, nan, 0.02], [0.05, nan, 0.03], [0.09, nan, nan]]))
        PCK(per_joint=tensor([0.3333,    nan, 1.0000]), over_joints=tensor(0.6667),
        over_points=tensor(0.6000))
    """
    counted = ~distances.isnan()
    correct = (distances < threshold).sum(0)
    per_joint = correct / counted.sum(0)  # 0 / 0 is NaN
    return PCK(per_joint, per_joint.nanmean(), correct.sum() / counted.sum())


@formula
def peak_distances(predicted_px: Tensor, target_px: Tensor, width: int) -> Tensor:
    """Return the distances of the paper's protocol between peaks, as shares of the map's width.

    A target in the first row or column does not count: that is where the published code
    finds the peak of an empty map.

    Args:
        predicted_px: (..., 2), pixels of the predicted peaks, heatmap px.
        target_px: (..., 2), pixels of the target peaks, heatmap px.
        width: W.

    Example:
        >>> peak_distances(torch.tensor([[5, 5], [5, 5]]), torch.tensor([[5, 9], [0, 5]]), 64)
        tensor([0.0625,    nan], dtype=torch.float64)
    """
    return normalised_distances(predicted_px, target_px, (target_px > 0).all(-1), width)


@formula
def peak_pixels(heatmaps: Tensor) -> Tensor:
    """Return the pixels of the maxima; (-1, -1) for a map without a positive value.

    Args:
        heatmaps: (..., H, W).

    Returns:
        (..., 2), int64, heatmap px.
    """
    pixels, value = heatmap_peaks(heatmaps)
    return torch.where((value > 0)[..., None], pixels, -1)


@formula
def heatmap_distances(predicted: Tensor, target: Tensor) -> Tensor:
    """Return the distances of the paper's protocol between the maxima of heatmaps.

    Args:
        predicted: (..., H, W).
        target: (..., H, W).

    Returns:
        (...), shares of W, NaN for joints that do not count.

    Raises:
        ValueError: The maps differ in size.

    Example:
        >>> predicted, target = torch.zeros(2, 1, 40, 40)
        >>> predicted[0, 20, 11] = target[0, 20, 10] = 1
        >>> heatmap_distances(predicted, target)
        tensor([0.0250], dtype=torch.float64)
    """
    if predicted.shape != target.shape:
        raise ValueError(
            f'predicted and target heatmaps must have the same shape, got '
            f'{tuple(predicted.shape)} and {tuple(target.shape)}'
        )
    return peak_distances(peak_pixels(predicted), peak_pixels(target), target.shape[-1])
