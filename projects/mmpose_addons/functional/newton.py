"""One Newton step from a pixel to the maximum of the map round it.

Shape letters: `...` any leading shape, n x n a patch. Coordinates are heatmap px, (x, y).
"""

import torch
from torch import Tensor

from .arrays import cached_tensor

MAX_STEP = 1.5
"""A step that leaves this neighbourhood of its pixel is refused, heatmap px."""


@cached_tensor
def difference_stencil(
    first: tuple[float, ...],
    second: tuple[float, ...],
    mixed: tuple[float, ...] | None,
    dtype: torch.dtype,
    device: torch.device,
) -> Tensor:
    """Matrix (n n, 5) that gives (dx, dy, dxx, dxy, dyy) of flattened patches.

    Args:
        first, second: n weights of the differences along one axis.
        mixed: n n weights of the mixed one; by default `first` in both directions.
        dtype, device: Of the matrix.
    """
    along, twice = torch.tensor(first), torch.tensor(second)
    middle = torch.eye(len(first))[len(first) // 2]
    both = torch.outer(along, along) if mixed is None else torch.tensor(mixed)
    columns = (
        torch.outer(middle, along),
        torch.outer(along, middle),
        torch.outer(middle, twice),
        both,
        torch.outer(twice, middle),
    )
    return torch.stack([column.flatten() for column in columns], 1).to(device, dtype)


def newton_step(derivatives: Tensor, paper: bool = False) -> Tensor:
    r"""The step :math:`-\mathcal{D}''^{-1} \mathcal{D}'` (DARK, arXiv 1910.06278, eq. 9).

    The step is refused, and 0, unless the second derivative is negative definite (there
    is a maximum, and the step goes up to it) and neither coordinate changes by more than
    1.5 px. A singular second derivative gives no step.

    Args:
        derivatives: (..., 5): dx, dy, dxx, dxy, dyy.
        paper: Take every step, as the published codes do.

    Returns:
        Steps (..., 2).

    Example:
        >>> newton_step(torch.tensor([1.0, 0.0, -2.0, 0.0, -1.0]))
        tensor([0.5000, 0.0000])
        >>> newton_step(torch.tensor([1.0, 0.0, 2.0, 0.0, 1.0]))  # towards a minimum
        tensor([0., 0.])
    """
    dx, dy, dxx, dxy, dyy = derivatives.unbind(-1)
    determinant = dxx * dyy - dxy * dxy
    accepted = determinant != 0
    step = torch.stack((dxy * dy - dyy * dx, dxy * dx - dxx * dy), dim=-1)
    step = step / torch.where(accepted, determinant, 1)[..., None]
    if not paper:
        near = step.abs().amax(-1) <= MAX_STEP
        accepted = (determinant > 0) & (dxx < 0) & near
    return torch.where(accepted[..., None], step, 0)
