"""Save, restore and seed the global random generators of Python, NumPy and PyTorch."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def get_rng_state(devices: bool = True) -> dict[str, Any]:
    """Return the states of all global random generators, in types for a checkpoint."""
    kind, keys, position, has_gauss, gauss = np.random.get_state()  # noqa: NPY002
    version, words, python_gauss = random.getstate()
    return dict(
        python=[version, list(words), python_gauss],
        numpy=[str(kind), torch.from_numpy(np.asarray(keys).astype(np.int64)), position],
        numpy_gauss=[has_gauss, gauss],
        torch=torch.get_rng_state(),
        cuda=torch.cuda.get_rng_state_all() if devices and _cuda() else [],
    )


def set_rng_state(states: dict[str, Any]) -> None:
    """Restore states that :func:`get_rng_state` returned."""
    version, words, gauss = states['python']
    random.setstate((version, tuple(words), gauss))
    kind, keys, position = states['numpy']
    np.random.set_state(  # noqa: NPY002
        (kind, keys.cpu().numpy().astype(np.uint32), position, *states['numpy_gauss'])
    )
    torch.set_rng_state(states['torch'].cpu())
    if states['cuda'] and _cuda():
        torch.cuda.set_rng_state_all([state.cpu() for state in states['cuda']])


@contextmanager
def preserved_rng_state() -> Iterator[None]:
    """Restore all random generators after the block."""
    states = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(states)


@contextmanager
def seeded_rng(seed: int) -> Iterator[None]:
    """Seed the CPU's random generators in the block, and restore them afterwards.

    >>> with seeded_rng(3):
    ...     first = random.random()
    >>> with seeded_rng(3):
    ...     random.random() == first
    True
    """
    states = get_rng_state(devices=False)
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        set_rng_state(states)


def _cuda() -> bool:
    return torch.cuda.is_available() and torch.cuda.is_initialized()
