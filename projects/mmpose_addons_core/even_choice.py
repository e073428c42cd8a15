"""Choose some of many, spread evenly over their order."""

import numpy as np


def evenly_chosen(total: int, count: int) -> list[int]:
    """Choose ``count`` different indices below ``total``, the first and the last among them.

    All are chosen where there are no more than ``count``. A single one is the first.

    >>> evenly_chosen(10, 4)
    [0, 3, 6, 9]
    """
    return np.linspace(0, total - 1, min(count, total)).round().astype(int).tolist()
