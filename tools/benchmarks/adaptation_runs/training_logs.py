"""How discriminator and pseudo-labels of a task's arms fared in training, from the logs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from mmpose_addons.visualization.training_curves import read_scalars
from mmpose_addons_core.fileio import atomic_write

from .arms import Task
from .run import folder_of

PRECISION, KEPT = 'pseudo_labels/pck_kept', 'pseudo_labels/kept_share'


def records(folder: Path) -> Iterator[dict[str, float]]:
    """Yield what was logged of a run, also of its interrupted parts."""
    return chain.from_iterable(read_scalars(folder))


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


def training_logs(work_dir: Path, task: Task, seeds: Sequence[int]) -> str:
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


def draw_labels(work_dir: Path, task: Task, seeds: Sequence[int]) -> Path | None:
    """Draw the share of right ones among the kept labels over the epochs, a line for each arm.

    A line is the mean over the seeds, its band reaches from the lowest to the highest.

    Returns:
        The picture ``labels.png`` in the task's folder; None if no log tells of labels.
    """
    lines = {}
    for arm in task.arms:
        runs = [rounds(folder_of(work_dir, task.name, arm, seed)) for seed in seeds]
        values = _common(runs)
        if values:
            lines[arm] = {epoch: 100 * value[:, 1] for epoch, value in values.items()}
    if not lines:
        return None
    figure = Figure((8, 4.5), layout='constrained')
    axes = figure.subplots()
    for arm, values in lines.items():
        epochs, shares = [*values], np.array([*values.values()])
        (line,) = axes.plot(epochs, shares.mean(axis=1), 'o-', label=arm)
        axes.fill_between(
            epochs, shares.min(axis=1), shares.max(axis=1), color=line.get_color(), alpha=0.15
        )
    axes.set(
        title=task.name,
        xlabel='epoch',
        ylabel='right in % of kept labels',
        ylim=(0, 100),
    )
    axes.grid(alpha=0.3)
    figure.legend(loc='outside lower center', ncols=2)
    file = work_dir / task.name / 'labels.png'
    with atomic_write(file) as unfinished:
        figure.savefig(unfinished, dpi=120)
    return file


def _means(runs: Sequence[dict]) -> dict:
    return {epoch: values.mean(axis=0) for epoch, values in _common(runs).items()}


def _common(runs: Sequence[dict]) -> dict[int, np.ndarray]:
    """Stack the values of the runs that are there, for the epochs of all of them."""
    there = [run for run in runs if run]
    epochs = set.intersection(*map(set, there)) if there else set()
    return {epoch: np.array([run[epoch] for run in there]) for epoch in sorted(epochs)}
