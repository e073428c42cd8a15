"""Distances between points as shares of a length.

Shape letters: `...` any leading shape. Coordinates are (x, y), all in the same unit.
"""

import torch
from torch import Tensor

from ..formula import formula


@formula
def normalised_distances(
    predicted: Tensor, truth: Tensor, counted: bool | Tensor, length: float | Tensor
) -> Tensor:
    """Divide distances by a length, float64.

    Args:
        predicted: (..., 2); a coordinate that is not finite counts as infinitely far.
        truth: (..., 2), in the same unit.
        counted: (...), which points count; True for all.
        length: Broadcasts to (...); a point with a length that is not positive does not count.

    Returns:
        (...), NaN for points that do not count.

    Example:
        >>> normalised_distances(
        ...     torch.tensor([[3.0, 4.0], [1.0, 1.0]]), torch.zeros(2, 2),
        ...     torch.tensor([True, False]), 10)
        tensor([0.5000,    nan], dtype=torch.float64)
    """
    length = torch.as_tensor(length, dtype=torch.float64, device=predicted.device)
    distances = (predicted.double() - truth.double()).norm(dim=-1)
    distances = distances.nan_to_num(nan=torch.inf, posinf=torch.inf) / length
    return distances.where((counted > 0) & (length > 0), torch.nan)
