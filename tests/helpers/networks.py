"""The rule by which the reference fills a network's weights, and its key lists."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def published_shapes(reference: Path, name: str) -> dict[str, tuple[int, ...]]:
    """State-dict keys of a published checkpoint and their shapes."""
    keys = json.loads((reference / 'networks.json').read_text())[name]['keys']
    return {key: tuple(shape) for key, shape in dict(keys).items()}


def filled(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """A state dict of waves: no two parameters alike, all of a sane size."""
    state = {}
    for i, key in enumerate(sorted(shapes)):
        shape = shapes[key]
        if key.endswith('num_batches_tracked'):
            state[key] = torch.zeros((), dtype=torch.long)
            continue
        n = int(np.prod(shape))
        a = np.arange(n, dtype=np.float64)
        if key.endswith('running_var'):
            values = 1 + 0.2 * np.cos(0.7 * a + i)
        elif key.endswith('running_mean'):
            values = 0.1 * np.sin(0.3 * a + i)
        elif key.endswith('weight') and len(shape) in (2, 4):
            scale = np.sqrt(2 / max(1, n // shape[0]))
            values = scale * np.sin(0.37 * a + 0.11 * (a % 7) + i)
        elif key.endswith('weight'):
            values = 1 + 0.1 * np.sin(0.9 * a + i)
        else:
            values = 0.05 * np.cos(0.5 * a + i)
        state[key] = torch.from_numpy(values.astype(np.float32)).reshape(shape)
    return state
