"""Results of runs as files: one JSON a run, whole or not at all.

The folder contains ``settings.json`` (what all runs share), ``runs`` (a training with its
validation), ``tests`` (once for each arm and seed, with predictions beside them) and
``weights`` (of runs that still wait for their test).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch

from mmpose_addons_core.datasets.coco_file import CocoFileError, read_json
from mmpose_addons_core.fileio import atomic_write, write_json

from .errors import ComparisonError

NEEDED = {False: ('rate', 'validation', 'probes'), True: ('rate', 'test', 'jitter')}
"""Of the result of a training, and of a test."""


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

    def settings(self) -> dict[str, Any]:
        """Read what all runs of the folder share, empty where it is not known.

        Raises:
            ComparisonError: The file is broken.
        """
        return self._read(self.folder / 'settings.json') or {}

    def claim(self, settings: Mapping[str, Any]) -> None:
        """Keep what all runs of the folder share; refuse it where it differs from before.

        Raises:
            ComparisonError: It differs, so that results could not be compared.
        """
        before = self.settings()
        for name, value in settings.items():
            if before.get(name, value) != value:
                raise ComparisonError(
                    f'{self.folder} has results of {name} {before[name]}; choose another --out '
                    f'for other settings, got {value}'
                )
        if before != settings:
            write_json(self.folder / 'settings.json', settings, indent=1)

    def read(self, task: Task) -> dict | None:
        """Read the result of a task, None where it is not there.

        The test of a training with another learning rate is another task.

        Raises:
            ComparisonError: The file is broken.
        """
        result = self._read(self.file(task), NEEDED[task.test])
        if result and task.test and not math.isclose(result['rate'], task.rate, rel_tol=1e-5):
            return None
        return result

    def tested_rate(self, arm: str, seeds: Sequence[int]) -> float | None:
        """Return the learning rate of the first test of an arm, None where there is none."""
        for seed in seeds:
            if result := self._read(self.file(Task(arm, 0, seed, test=True)), NEEDED[True]):
                return result['rate']
        return None

    def _read(self, file: Path, needed: Sequence[str] = ()) -> dict | None:
        if not file.exists():
            return None
        try:
            result = read_json(file)
        except CocoFileError as error:
            raise ComparisonError(f'{file} {error.reason}; remove it to run it again') from None
        lacking = [
            name for name in needed if not isinstance(result, dict) or name not in result
        ]
        if lacking or not isinstance(result, dict):
            raise ComparisonError(
                f'{file} must have {", ".join(lacking) or "settings"}, got {result!r:.60}; '
                'remove it to run it again'
            )
        return result

    def write(self, task: Task, result: dict) -> None:
        write_json(self.file(task), result, indent=1)

    def save_weights(self, task: Task, state: dict) -> None:
        with atomic_write(self.weights(task)) as unfinished:
            torch.save(state, unfinished)

    def save_predictions(self, task: Task, **arrays: np.ndarray) -> None:
        file = self.file(task).with_suffix('.npz')
        with atomic_write(file) as unfinished, open(unfinished, 'wb') as stream:
            np.savez_compressed(stream, **arrays)

    def landmarks(self, task: Task, shape: tuple[int, ...]) -> np.ndarray:
        """Read the predictions of a test, (N, K, 2), image px, float64.

        Raises:
            ComparisonError: The file is missing, broken, or of other faces.
        """
        file = self.file(task).with_suffix('.npz')
        try:
            with np.load(file, allow_pickle=False) as content:
                found = content['landmarks']
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ComparisonError(
                f'{file} cannot be read: {error}; remove its .json to test it again'
            ) from None
        if found.shape != shape:
            raise ComparisonError(f'{file} must have landmarks {shape}, got {found.shape}')
        return found.astype(float)
