"""Choose random items with a NumPy generator, faster than ``Generator.choice``."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

Item = TypeVar('Item')


def choose(items: Sequence[Item], rng: np.random.Generator) -> Item:
    """Return one of the items, all equally likely."""
    return items[int(rng.integers(len(items)))]


def choose_weighted(weights: Mapping[Item, float], rng: np.random.Generator) -> Item:
    """Return one of the keys, with probabilities proportional to the values."""
    draw = rng.uniform(0, sum(weights.values()))
    for item, total in zip(weights, accumulate(weights.values()), strict=True):
        if draw < total:
            return item
    return item
