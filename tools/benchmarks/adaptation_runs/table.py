"""The table of a task: scores of the arms, their spread over seeds, share of the gap, time."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from .arms import Task
from .run import BrokenRunError, folder_of, metrics_of, minutes


def scores(
    work_dir: Path, task: Task, seeds: Sequence[int], domain: str, metric: str
) -> dict[str, np.ndarray]:
    """Return scores in percent of each arm and seed; NaN where a run is missing or broken."""
    found = {}
    for arm in task.arms:
        values = np.full(len(seeds), np.nan)
        for place, seed in enumerate(seeds):
            folder = folder_of(work_dir, task.name, arm, seed)
            if (folder / 'metrics.json').exists():
                with suppress(BrokenRunError):
                    values[place] = 100 * metrics_of(folder)[domain].get(metric, np.nan)
        found[arm] = values
    return found


def markdown(work_dir: Path, task: Task, seeds: Sequence[int]) -> str:
    """Format a task's table as Markdown: mean, lowest and highest over seeds, minutes a run."""
    columns = {
        name: scores(work_dir, task, seeds, 'target', key) for name, key in task.metrics.items()
    }
    lines = [
        f'| {task.name} | '
        + ' | '.join(f'{name} | gap closed' for name in columns)
        + ' | minutes |',
        '|---' * (2 + 2 * len(columns)) + '|',
    ]
    for arm in task.arms:
        if all(np.isnan(values[arm]).all() for values in columns.values()):
            continue
        cells = [arm]
        for values in columns.values():
            cells += [_spread(values[arm]), _gap(task, values, arm)]
        cells.append(_minutes([folder_of(work_dir, task.name, arm, seed) for seed in seeds]))
        lines.append('| ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def _spread(values: np.ndarray) -> str:
    there = values[~np.isnan(values)]
    if not there.size:
        return ''
    if there.size == 1:
        return f'{there[0]:.1f}'
    return f'{there.mean():.1f} ({there.min():.1f} to {there.max():.1f})'


def _gap(task: Task, values: dict[str, np.ndarray], arm: str) -> str:
    first, last = values[task.baseline].mean(), values[task.upper].mean()
    with np.errstate(divide='ignore', invalid='ignore'):  # no gap, or runs that are not done
        share = (values[arm].mean() - first) / (last - first)
    return (
        f'{share:.0%}' if arm not in (task.baseline, task.upper) and np.isfinite(share) else ''
    )


def _minutes(folders: Sequence[Path]) -> str:
    """Format the mean of the runs that are done and have their logs."""
    times = [minutes(folder) for folder in folders if (folder / 'metrics.json').exists()]
    there = [time for time in times if time > 0]
    return f'{np.mean(there):.1f}' if there else ''
