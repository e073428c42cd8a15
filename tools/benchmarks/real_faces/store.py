"""Results of runs as files: one JSON a run, whole or not at all.

The folder contains ``runs`` (a training with its validation), ``tests`` (once for each arm and
seed, with predictions beside them) and ``weights`` (of runs that still wait for their test).
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from mmpose_addons_core.fileio import atomic_write


def slug(name: str) -> str:
    """Return a name as a file's.

    >>> slug('mobilenetv2-128, PixelWing, omega=2')
    'mobilenetv2-128_PixelWing_omega=2'
    """
    return re.sub(r'[^\w.+=-]+', '_', name)


@dataclass(frozen=True)
class Task:
    """A training, or the test of what was trained.

    Args:
        arm: Name.
        rate: Learning rate.
        seed: Of everything random.
        test: The test of the training with the same values.
    """

    arm: str
    rate: float
    seed: int
    test: bool = False


class Store:
    """The folder of results.

    Args:
        folder: Created where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, task: Task) -> Path:
        if task.test:
            return self.folder / 'tests' / slug(task.arm) / f'seed{task.seed}.json'
        name = f'{task.rate:g}_seed{task.seed}.json'
        return self.folder / 'runs' / slug(task.arm) / name

    def weights(self, task: Task) -> Path:
        return self.folder / 'weights' / slug(task.arm) / f'{task.rate:g}_seed{task.seed}.pth'

    def drop_weights(self, arm: str, keep: Task) -> None:
        """Remove the weights of an arm's trainings with seed 0, except those of one."""
        for file in (self.folder / 'weights' / slug(arm)).glob('*_seed0.pth'):
            if file != self.weights(keep):
                file.unlink()

    def read(self, task: Task) -> dict | None:
        """Read the result of a task, None where it is not there."""
        file = self.file(task)
        return json.loads(file.read_text()) if file.exists() else None

    def write(self, task: Task, result: dict) -> None:
        with atomic_write(self.file(task)) as unfinished:
            unfinished.write_text(json.dumps(result, indent=1))

    def save_weights(self, task: Task, state: dict) -> None:
        with atomic_write(self.weights(task)) as unfinished:
            torch.save(state, unfinished)

    def save_predictions(self, task: Task, **arrays: np.ndarray) -> None:
        file = self.file(task).with_suffix('.npz')
        with atomic_write(file) as unfinished, open(unfinished, 'wb') as stream:
            np.savez_compressed(stream, **arrays)

    def predictions(self, task: Task) -> dict[str, np.ndarray]:
        with np.load(self.file(task).with_suffix('.npz'), allow_pickle=False) as file:
            return dict(file)
