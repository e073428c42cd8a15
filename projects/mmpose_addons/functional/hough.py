"""Hough aggregation of G-RMI (Papandreou et al. 2017, arXiv 1701.01779, section 3.2.3).

Shape letters: `...` any leading shape, H x W a map, V voting pixels. Coordinates,
offsets and the radius R are heatmap px, (x, y).
"""

import math

import torch
from torch import Tensor

from .arrays import accepts_numpy, compute_float
from .centroid import centroid
from .peaks import heatmap_peaks
from .windows import windows_round

TINY = 1e-30


@accepts_numpy
def hough_votes(
    probability: Tensor, offsets: Tensor, radius: float, threshold: float = 0.0
) -> Tensor:
    r"""Let every pixel vote for the place that its offset points to.

    .. math:: f(x_i) = \frac{1}{\pi R^2}
              \sum_j G(x_j + F(x_j) - x_i) \, h(x_j)

    with G the bilinear kernel. Votes outside the map are lost.

    Args:
        probability: h, (..., H, W).
        offsets: F, (..., 2, H, W), heatmap px. Differentiable in both.
        radius: R, heatmap px.
        threshold: Pixels that are not more probable do not vote.

    Returns:
        f, (..., H, W): about 1 where a whole disk votes for one pixel.

    Example:
        >>> probability = torch.tensor([[0.0, 0.5, 1.0]])
        >>> offsets = torch.tensor([[[0.0, 0.5, -0.5]], [[0.0, 0.0, 0.0]]])
        >>> hough_votes(probability, offsets, radius=1.0) * torch.pi
        tensor([[0.0000, 0.7500, 0.7500]])
    """
    probability, offsets = compute_float(probability), compute_float(offsets)
    height, width = probability.shape[-2:]
    voters = (probability > threshold).nonzero(as_tuple=True)
    weight = probability[voters]  # (V,)
    x = voters[-1] + offsets[..., 0, :, :][voters]
    y = voters[-2] + offsets[..., 1, :, :][voters]
    lead = probability.shape[:-2]
    each_map = torch.arange(math.prod(lead), device=weight.device).reshape(lead)
    first = each_map[voters[:-2]] * (height * width)  # among all pixels
    left, top = x.floor(), y.floor()
    votes = torch.zeros_like(probability).flatten()
    for column, across in ((left, left + 1 - x), (left + 1, x - left)):
        for row, down in ((top, top + 1 - y), (top + 1, y - top)):
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            place = torch.where(inside, row * width + column, 0).long() + first
            vote = torch.where(inside, weight * across * down, 0)
            votes = votes.index_add(0, place, vote)
    return votes.reshape(probability.shape) / (math.pi * radius**2)


@accepts_numpy
def hough_points(
    logits: Tensor, radius: float, refine: bool = True, threshold: float = 0.01
) -> tuple[Tensor, Tensor]:
    """Maximum of the votes: the paper's way to read G-RMI's maps.

    Args:
        logits: (..., 3, H, W): logit of the label, offsets in R.
        radius: R, heatmap px.
        refine: Take the centroid of the 3 x 3 votes round the maximum, which is exact
            where all votes agree, and their sum. The paper takes the pixel, but on
            maps as large as the input.
        threshold: Pixels that are not more probable do not vote, which is what makes
            this fast; in the paper all do.

    Returns:
        Points (..., 2), heatmap px, and the votes (...) for them: about 1 where a
        whole disk agrees.
    """
    maps = compute_float(logits)
    probability = maps[..., 0, :, :].sigmoid()
    votes = hough_votes(probability, maps[..., 1:, :, :] * radius, radius, threshold)
    peaks, scores = heatmap_peaks(votes)
    if not refine:
        return peaks.to(votes.dtype), scores
    start, near = windows_round(votes, peaks, 1)
    pixel, total = centroid(near.clamp(min=TINY))
    return start + pixel, total
