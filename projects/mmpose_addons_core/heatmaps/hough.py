"""Hough aggregation of G-RMI (Papandreou et al. 2017, arXiv 1701.01779, section 3.2.3).

Shape letters: `...` any leading shape, H x W a map, V voting pixels. Coordinates and the
radius R are heatmap px, (x, y); offsets are in units of R.
"""

import math

import torch
from torch import Tensor

from ..arrays import compute_float
from ..formula import formula
from .centroid import centroid
from .peaks import heatmap_peaks
from .windows import windows_around

TINY = 1e-30


@formula
def hough_votes(logits: Tensor, radius: float, threshold: float = 0.01) -> Tensor:
    r"""Let every pixel vote for the place that its offset points to.

    .. math:: f(x_i) = \frac{1}{\pi R^2}
              \sum_j G(x_j + R F(x_j) - x_i) \, h(x_j)

    with G the bilinear kernel and h the probability. Votes outside the map are lost.

    Args:
        logits: (..., 3, H, W): logit of the label, offsets F. Differentiable.
        radius: R, heatmap px.
        threshold: Only pixels with a higher probability vote, which saves time; in the
            paper (0) all pixels vote.

    Returns:
        f, (..., H, W): about 1 where a whole disk votes for one pixel.

    Example:
        >>> sure, never = 50.0, -50.0
        >>> logits = torch.tensor([[[never, never, sure]],
        ...                        [[0.0, 0.0, -0.5]], [[0.0, 0.0, 0.0]]])
        >>> hough_votes(logits, radius=1.0) * torch.pi
        tensor([[0.0000, 0.5000, 0.5000]])
    """
    logits = compute_float(logits)
    height, width = logits.shape[-2:]
    label = logits[..., 0, :, :]
    least = math.log(threshold / (1 - threshold)) if threshold > 0 else -math.inf
    voters = (label > least).nonzero(as_tuple=True)
    weight = label[voters].sigmoid() / (math.pi * radius**2)  # (V,)
    x = voters[-1] + radius * logits[..., 1, :, :][voters]
    y = voters[-2] + radius * logits[..., 2, :, :][voters]
    lead = label.shape[:-2]
    each_map = torch.arange(math.prod(lead), device=weight.device).reshape(lead)
    first = each_map[voters[:-2]] * (height * width)  # pixel among those of all maps
    left, top = x.floor(), y.floor()
    # The four pixels round each vote's place, (4, V).
    column = torch.stack((left, left + 1, left, left + 1))
    row = torch.stack((top, top, top + 1, top + 1))
    share = (1 - (x - column).abs()) * (1 - (y - row).abs())
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    place = torch.where(inside, row * width + column, 0).long() + first
    vote = torch.where(inside, weight * share, 0)
    votes = torch.zeros(label.numel(), dtype=vote.dtype, device=vote.device)
    return votes.scatter_add(0, place.flatten(), vote.flatten()).reshape(label.shape)


@formula
def hough_points(
    logits: Tensor, radius: float, refine: bool = True, threshold: float = 0.01
) -> tuple[Tensor, Tensor]:
    """Decode G-RMI's maps as the paper does, by the maximum of the votes.

    Args:
        logits, radius, threshold: As in :func:`hough_votes`.
        refine: Take the centroid of the 3 x 3 votes round the maximum, which is exact
            where all votes agree, and their sum. The paper takes the pixel, but on
            maps as large as the input.

    Returns:
        Points (..., 2), heatmap px, and the votes (...) for them: about 1 where a
        whole disk agrees, NaN where a map is not finite.
    """
    votes = hough_votes(logits, radius, threshold)
    peaks, scores = heatmap_peaks(votes)
    points = peaks.to(votes.dtype)
    if refine:
        start, near = windows_around(votes, peaks, 1)
        pixel, scores = centroid(near.clamp(min=TINY))
        points = start + pixel
    # NaN and infinite values cast no vote; the sum makes the score NaN all the same.
    return points, scores + 0 * logits.sum((-3, -2, -1))
