"""Fusion of the predictions for several views of an image.

Shape letters: V views, B images, K keypoints, H x W a map. Coordinates are (x, y) in px.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from .views import inverse, move_points, swap_sides, warp


def maps_of_image(
    maps: Tensor,
    matrices: Tensor,
    flip: Tensor,
    flip_indices: Sequence[int],
    out: Tensor | None = None,
) -> Tensor:
    """Move the heatmaps (B, K, H, W) of one view back into the frame of the images.

    Args:
        maps: (B, K, H, W), predicted in the view.
        matrices: (B, 2, 3), from image to view, heatmap px.
        flip: (B,), bool, which views are mirrored.
        flip_indices: For each keypoint its mirror image's index.
        out: As in `warp`.
    """
    return swap_sides(warp(maps, inverse(matrices), out), flip, flip_indices, dim=1)


def points_of_image(
    points: Tensor, matrices: Tensor, flip: Tensor, flip_indices: Sequence[int]
) -> Tensor:
    """Move the keypoints (B, K, 2) of one view back; arguments as :func:`maps_of_image`."""
    return swap_sides(move_points(points, inverse(matrices)), flip, flip_indices, dim=1)


def fuse_points(points: Tensor, scores: Tensor, tolerance: float) -> tuple[Tensor, Tensor]:
    r"""Average the views' keypoints with weights, and measure how well they agree.

    .. math:: \bar x = \frac{\sum_v s_v x_v}{\sum_v s_v}, \quad
              d^2 = \frac{\sum_v s_v \|x_v - \bar x\|^2}{\sum_v s_v}, \quad
              c = \bar s \, e^{-d^2 / 2 t^2}

    This is for networks without heatmaps. Like the maximum of averaged heatmaps, the confidence
    falls when the scores of the views are low and when the views disagree.

    Args:
        points: (V, B, K, 2), px of the image.
        scores: (V, B, K); negative ones count as 0.
        tolerance: t, px; a deviation d of this size multiplies the confidence by 0.6.

    Returns:
        Points (B, K, 2) and confidences (B, K).

    Example:
        >>> points = torch.tensor([[[[0.0, 0.0]]], [[[2.0, 0.0]]]])
        >>> fuse_points(points, torch.ones(2, 1, 1), tolerance=1.0)
        (tensor([[[1., 0.]]]), tensor([[0.6065]]))
    """
    if tolerance <= 0:
        raise ValueError(f'tolerance must be positive, got {tolerance}')
    weights = scores.clamp(min=0)
    # where all scores are 0, all views have the same weight
    shares = torch.where(weights.sum(0) > 0, weights, torch.ones_like(weights))
    shares = shares / shares.sum(0)
    mean = (points * shares[..., None]).sum(0)
    spread = ((points - mean).square().sum(-1) * shares).sum(0)
    return mean, weights.mean(0) * torch.exp(spread / (-2 * tolerance**2))
