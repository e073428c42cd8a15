"""Cumulative error distribution (CED): the share of faces whose error is below t, over t.

Shape letters: N faces. Errors are (N,), any unit; a face that was not found has an
infinite error and is a failure at every threshold.
"""

import numpy as np


def ced_curve(errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the curve's steps: sorted errors (N,), and the share of faces up to each (N,).

    Raises:
        ValueError: As :func:`ced_area`.

    Example:
        >>> ced_curve(np.array([0.3, 0.1]))
        (array([0.1, 0.3]), array([0.5, 1. ]))
    """
    errors = np.sort(_checked(errors))
    return errors, np.searchsorted(errors, errors, side='right') / len(errors)


def ced_area(errors: np.ndarray, threshold: float, bins: int | None = None) -> float:
    r"""Return the area under the curve from 0 to the threshold, in the unit of the errors.

    .. math:: \int_0^T \frac{|\{n: e_n < t\}|}{N} dt = \frac{1}{N} \sum_n \max(0, T - e_n)

    Divided by the threshold it is the AUC of most papers, 1 for a perfect model.

    Args:
        errors: (N,).
        threshold: T.
        bins: Instead of the exact area, sum this many equal bins, each as high as the curve at
            its upper end, as some published code does. The sum is up to T / bins too large.

    Raises:
        ValueError: If there are no errors, one is NaN or negative, or the threshold or the
            number of bins is not positive.

    Example:
        >>> round(ced_area(np.array([0.02, 0.05, 0.2]), 0.1), 6)  # (0.08 + 0.05 + 0) / 3
        0.043333
    """
    errors = _checked(errors)
    if not threshold > 0 or (bins is not None and bins < 1):
        raise ValueError(f'threshold and bins must be positive, got {threshold} and {bins}')
    if bins is None:
        return float(np.maximum(threshold - errors, 0).mean())
    ends = np.arange(1, bins + 1) * (threshold / bins)
    shares = np.searchsorted(np.sort(errors), ends, side='right') / len(errors)
    return float(shares.mean() * threshold)


def failure_rate(errors: np.ndarray, threshold: float) -> float:
    """Return the share of the faces whose error exceeds the threshold.

    Raises:
        ValueError: If there are no errors, or one is NaN or negative.

    Example:
        >>> failure_rate(np.array([0.02, 0.1, np.inf, 0.2]), 0.1)
        0.5
    """
    return float((_checked(errors) > threshold).mean())


def _checked(errors: np.ndarray) -> np.ndarray:
    errors = np.asarray(errors, dtype=np.float64)
    if errors.ndim != 1 or not len(errors) or not (errors >= 0).all():
        raise ValueError(
            f'errors must be a list of at least one number >= 0, got shape {errors.shape} with '
            f'{(~(errors >= 0)).sum()} values that are negative or NaN'
        )
    return errors
