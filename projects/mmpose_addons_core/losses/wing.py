"""Wing loss (Feng et al. 2018, arXiv 1711.06753).

Shape letters: `...` any leading shape, K keypoints, D coordinates of a keypoint, (x, y).
"""

import math

import torch
from torch import Tensor

from ..arrays import compute_float
from ..formula import formula


@formula
def wing(difference: Tensor, omega: float = 10.0, epsilon: float = 2.0) -> Tensor:
    r"""Apply the Wing function to each value, equation 5 of the paper.

    .. math:: \mathrm{wing}(d) = \begin{cases}
              \omega \ln(1 + |d| / \epsilon) & |d| < \omega \\
              |d| - \omega + \omega \ln(1 + \omega / \epsilon) & \text{otherwise}
              \end{cases}

    The slope is :math:`\omega / (\epsilon + |d|)` in the logarithm and 1 beyond; at 0, where
    the function has a cusp, the gradient is 0. Half precision is computed in float32.

    Args:
        difference: (...), in the unit of `omega` and `epsilon`.
        omega: Half width of the logarithmic part.
        epsilon: Curvature of the logarithmic part.

    Raises:
        ValueError: If `omega` or `epsilon` is not positive.

    Example:
        >>> wing(torch.tensor([0.0, -2.0, 10.0, 12.0]))
        tensor([ 0.0000,  6.9315, 17.9176, 19.9176])
    """
    if not (omega > 0 and epsilon > 0):
        raise ValueError(
            f'omega and epsilon must be positive, got omega {omega}, epsilon {epsilon}'
        )
    size = compute_float(difference).abs()
    offset = omega - omega * math.log1p(omega / epsilon)
    return torch.where(size < omega, omega * torch.log1p(size / epsilon), size - offset)


@formula
def mean_over_visible(values: Tensor, weights: Tensor) -> Tensor:
    """Divide the weighted sum of the keypoints' mean values by the number of visible keypoints.

    A keypoint is visible where its weight is positive. Values of invisible keypoints take no
    part, whatever they are. With no visible keypoint the result is 0, and so is its gradient.

    Args:
        values: (..., K, D).
        weights: (..., K).

    Returns:
        A scalar.

    Example:
        >>> values = torch.tensor([[1.0, 3.0], [4.0, 4.0], [math.nan, 0.0]])
        >>> mean_over_visible(values, torch.tensor([1.0, 0.5, 0.0]))
        tensor(2.)
    """
    visible = weights > 0
    weighted = torch.where(visible, values.mean(-1) * weights, 0)
    return weighted.sum() / visible.sum().clamp(min=1)
