"""The Newton step in NumPy."""

import numpy as np

from ..newton import MAX_STEP


def newton_step(
    dx: np.ndarray,
    dy: np.ndarray,
    dxx: np.ndarray,
    dxy: np.ndarray,
    dyy: np.ndarray,
    accept_any_step: bool = False,
) -> np.ndarray:
    """Return steps (..., 2), see the formula :func:`~..newton.newton_step`."""
    determinant = dxx * dyy - dxy * dxy
    x, y = dxy * dy - dyy * dx, dxy * dx - dxx * dy
    if accept_any_step:
        accepted = determinant != 0
    else:
        farthest = MAX_STEP * determinant
        accepted = (dxx < 0) & (determinant > 0)
        accepted = accepted & (abs(x) <= farthest) & (abs(y) <= farthest)
    determinant = np.where(accepted, determinant, 1)
    step = np.stack((x / determinant, y / determinant), -1)
    return np.where(accepted[..., None], step, 0)
