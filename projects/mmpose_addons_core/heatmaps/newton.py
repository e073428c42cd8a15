"""One Newton step from a pixel to the maximum of the map round it.

Shape letters: `...` any leading shape. Coordinates are heatmap px, (x, y).
"""

import torch
from torch import Tensor

MAX_STEP = 1.5
"""Refuse a step that changes a coordinate by more than this, heatmap px."""


def newton_step(
    dx: Tensor,
    dy: Tensor,
    dxx: Tensor,
    dxy: Tensor,
    dyy: Tensor,
    accept_any_step: bool = False,
) -> Tensor:
    r"""Return :math:`-\mathcal{D}''^{-1} \mathcal{D}'` (DARK, arXiv 1910.06278, eq. 9).

    The step is refused, and 0, unless the second derivative is negative definite (there
    is a maximum, and the step goes up to it) and neither coordinate changes by more than
    1.5 px. A singular second derivative gives no step.

    Args:
        dx, dy, dxx, dxy, dyy: Derivatives (...) at the pixel.
        accept_any_step: Take every step, as the published codes do.

    Returns:
        Steps (..., 2).

    Example:
        >>> newton_step(*torch.tensor([1.0, 0.0, -2.0, 0.0, -1.0]))
        tensor([0.5000, 0.0000])
        >>> newton_step(*torch.tensor([1.0, 0.0, 2.0, 0.0, 1.0]))  # towards a minimum
        tensor([0., 0.])
    """
    determinant = dxx * dyy - dxy * dxy
    x, y = dxy * dy - dyy * dx, dxy * dx - dxx * dy
    if accept_any_step:
        accepted = determinant != 0
    else:
        farthest = MAX_STEP * determinant  # no step is below it if the determinant is negative
        accepted = (dxx < 0) & (determinant > 0)
        accepted = accepted & (abs(x) <= farthest) & (abs(y) <= farthest)
    determinant = torch.where(accepted, determinant, 1)
    step = torch.stack((x / determinant, y / determinant), -1)
    return torch.where(accepted[..., None], step, 0)
