"""How discriminator and pseudo-labels of a task's arms fared in training, from the logs."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from .arms import Task
from .run import folder_of

ACCURACY = 'discriminator/{}_accuracy'
PRECISION, KEPT = 'pseudo_labels/pck_kept', 'pseudo_labels/kept_share'


def records(folder: Path) -> Iterator[dict[str, float]]:
    """Yield all lines of MMEngine's scalars of a run, also of its interrupted parts."""
    for file in sorted(folder.glob('*/vis_data/scalars.json')):
        for line in file.read_text().splitlines():
            yield json.loads(line)


def accuracies(folder: Path) -> dict[int, float]:
    """Return, by epoch, the discriminator's mean accuracy over the domains of its batches."""
    found = defaultdict(list)
    for record in records(folder):
        values = [
            value
            for name, value in record.items()
            if name.startswith('discriminator/') and name.endswith('_accuracy')
        ]
        if values and 'epoch' in record:
            found[int(record['epoch'])].append(float(np.mean(values)))
    return {epoch: float(np.mean(values)) for epoch, values in sorted(found.items())}


def rounds(folder: Path) -> dict[int, tuple[float, float]]:
    """Return, by epoch of a round, the share of kept joints and of right ones among them."""
    return {
        int(record['step']): (record[KEPT], record[PRECISION])
        for record in records(folder)
        if PRECISION in record
    }


def course(work_dir: Path, task: Task, seeds: Sequence[int]) -> str:
    """Format what the logs say as Markdown, means over the seeds; empty without a record."""
    lines = []
    for arm in task.arms:
        folders = [folder_of(work_dir, task.name, arm, seed) for seed in seeds]
        right = _means([accuracies(folder) for folder in folders])
        if right:
            cells = ', '.join(f'{100 * value:.0f}' for value in right.values())
            lines.append(f'- {arm}: discriminator right in % of decisions, by epoch: {cells}')
        labels = _means([rounds(folder) for folder in folders])
        if labels:
            cells = ', '.join(
                f'{100 * precision:.0f} of {100 * kept:.0f}' if kept else 'none'
                for kept, precision in labels.values()
            )
            lines.append(f'- {arm}: right in % of kept labels, of % kept, by round: {cells}')
    return '\n'.join(lines)


def _means(runs: Sequence[dict]) -> dict:
    """Average the runs that are there, for the epochs of all of them."""
    there = [run for run in runs if run]
    epochs = set.intersection(*map(set, there)) if there else set()
    return {epoch: np.mean([run[epoch] for run in there], axis=0) for epoch in sorted(epochs)}
