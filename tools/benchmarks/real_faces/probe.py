"""Which errors the gradient of a loss works on during training."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

EDGES = (0, 1, 2, 5, 10, 20, 40)
"""Errors of one coordinate in input px; the last bin is open."""


def error_bins(errors: Tensor, gradients: Tensor, edges: Sequence[float] = EDGES) -> dict:
    """Return shares of the coordinates and of the gradient by the size of the error.

    Args:
        errors: |error| of coordinates, any shape, input px.
        gradients: |gradient| of the same.
        edges: Lower ends of the bins.

    Returns:
        ``coordinates`` and ``gradient``, shares by bin that sum to 1; ``strength``, the mean
        gradient in a bin over the mean of all, None in an empty bin; ``median`` and ``p90``,
        percentiles of the errors in px.
    """
    sizes = errors.detach().double().cpu().numpy().ravel()
    pulls = gradients.detach().double().cpu().numpy().ravel()
    places = np.searchsorted(edges, sizes, side='right') - 1
    counts = np.bincount(places, minlength=len(edges))
    sums = np.bincount(places, pulls, minlength=len(edges))
    total = sums.sum()
    mean = total / len(sizes)
    strength = [
        float(pull / count / mean) if count and mean > 0 else None
        for count, pull in zip(counts, sums, strict=True)
    ]
    return dict(
        coordinates=(counts / len(sizes)).tolist(),
        gradient=(sums / total if total > 0 else sums).tolist(),
        strength=strength,
        median=float(np.median(sizes)),
        p90=float(np.percentile(sizes, 90)),
    )
