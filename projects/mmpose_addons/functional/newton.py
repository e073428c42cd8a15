"""One Newton step from a pixel to the maximum of the map round it.

Shape letters: `...` any leading shape, n x n a patch. Coordinates are heatmap px, (x, y).
"""

import numpy as np

from .arrays import Array, constant_like, namespace

MAX_STEP = 1.5
"""A step that leaves this neighbourhood of its pixel is refused, heatmap px."""


@constant_like
def difference_stencil(
    first: tuple[float, ...], second: tuple[float, ...], mixed: tuple[float, ...] | None
) -> np.ndarray:
    """Matrix (n n, 5) that gives (dx, dy, dxx, dxy, dyy) of flattened patches.

    Args:
        first, second: n weights of the differences along one axis.
        mixed: n n weights of the mixed one; by default `first` in both directions.
    """
    middle = np.eye(len(first))[len(first) // 2]
    columns = (
        np.outer(middle, first),
        np.outer(first, middle),
        np.outer(middle, second),
        np.outer(first, first) if mixed is None else np.array(mixed),
        np.outer(second, middle),
    )
    return np.stack([column.ravel() for column in columns], 1)


def newton_step(derivatives: Array, paper: bool = False) -> Array:
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
        >>> import torch
        >>> newton_step(torch.tensor([1.0, 0.0, -2.0, 0.0, -1.0]))
        tensor([0.5000, 0.0000])
        >>> newton_step(torch.tensor([1.0, 0.0, 2.0, 0.0, 1.0]))  # towards a minimum
        tensor([0., 0.])
    """
    xp = namespace(derivatives)
    dx, dy, dxx, dxy, dyy = (derivatives[..., i] for i in range(5))
    determinant = dxx * dyy - dxy * dxy
    x, y = dxy * dy - dyy * dx, dxy * dx - dxx * dy
    if paper:
        accepted = determinant != 0
    else:
        farthest = MAX_STEP * determinant  # and so a positive determinant
        accepted = (dxx < 0) & (determinant > 0)
        accepted = accepted & (abs(x) <= farthest) & (abs(y) <= farthest)
    step = xp.stack((x, y), -1) / xp.where(accepted, determinant, 1)[..., None]
    return xp.where(accepted[..., None], step, 0)
