"""Random choices from a NumPy generator, quick ones."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

Item = TypeVar('Item')


def choose(items: Sequence[Item], rng: np.random.Generator) -> Item:
    """One of the items, all with the same chance."""
    return items[int(rng.integers(len(items)))]


def choose_weighted(shares: Mapping[Item, float], rng: np.random.Generator) -> Item:
    """One of the keys, with chances in proportion to the values."""
    draw = rng.uniform(0, sum(shares.values()))
    for item, total in zip(shares, accumulate(shares.values()), strict=True):
        if draw < total:
            return item
    return item
