"""One Newton step from a pixel to the maximum of the map round it.

Shape letters: `...` any leading shape. Coordinates are heatmap px, (x, y).
"""

import torch
from torch import Tensor

MAX_STEP = 1.5
"""A step that leaves this neighbourhood of its pixel is refused, heatmap px."""


def newton_step(
    dx: Tensor, dy: Tensor, dxx: Tensor, dxy: Tensor, dyy: Tensor, paper: bool = False
) -> Tensor:
    r"""The step :math:`-\mathcal{D}''^{-1} \mathcal{D}'` (DARK, arXiv 1910.06278, eq. 9).

    The step is refused, and 0, unless the second derivative is negative definite (there
    is a maximum, and the step goes up to it) and neither coordinate changes by more than
    1.5 px. A singular second derivative gives no step.

    Args:
        dx, dy, dxx, dxy, dyy: (...), first and second derivatives of the map.
        paper: Take every step, as the published codes do.

    Returns:
        Steps (..., 2).

    Example:
        >>> one, no = torch.tensor(1.0), torch.tensor(0.0)
        >>> newton_step(one, no, -2 * one, no, -one)
        tensor([0.5000, 0.0000])
        >>> newton_step(one, no, 2 * one, no, one)  # towards a minimum
        tensor([0., 0.])
    """
    determinant = dxx * dyy - dxy * dxy
    regular = determinant != 0
    divisor = torch.where(regular, determinant, 1)
    step = torch.stack((dxy * dy - dyy * dx, dxy * dx - dxx * dy), dim=-1)
    step = step / divisor[..., None]
    accepted = regular
    if not paper:
        near = (step.abs() <= MAX_STEP).all(-1)
        accepted = (determinant > 0) & (dxx < 0) & near
    return torch.where(accepted[..., None], step, 0)
