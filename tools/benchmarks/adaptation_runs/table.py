"""The table of a task: scores of each arm, their spread over seeds, the share of the gap."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .arms import Task
from .run import folder_of


def scores(
    work_dir: Path, task: Task, seeds: Sequence[int], domain: str, metric: str
) -> dict[str, np.ndarray]:
    """Return scores in percent of each arm and seed; NaN where a run is missing."""
    found = {}
    for arm in task.arms:
        values = np.full(len(seeds), np.nan)
        for place, seed in enumerate(seeds):
            file = folder_of(work_dir, task.name, arm, seed) / 'metrics.json'
            if file.exists():
                values[place] = 100 * json.loads(file.read_text())[domain].get(metric, np.nan)
        found[arm] = values
    return found


def markdown(work_dir: Path, task: Task, seeds: Sequence[int]) -> str:
    """Format a task's table as Markdown: mean, lowest and highest over seeds."""
    columns = {
        name: scores(work_dir, task, seeds, 'target', key) for name, key in task.metrics.items()
    }
    lines = [
        f'| {task.name} | ' + ' | '.join(f'{name} | gap closed' for name in columns) + ' |',
        '|---' * (1 + 2 * len(columns)) + '|',
    ]
    for arm in task.arms:
        if all(np.isnan(values[arm]).all() for values in columns.values()):
            continue
        cells = [arm]
        for values in columns.values():
            cells += [_spread(values[arm]), _gap(task, values, arm)]
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
    share = (values[arm].mean() - first) / (last - first)
    return (
        f'{share:.0%}' if arm not in (task.baseline, task.upper) and np.isfinite(share) else ''
    )
