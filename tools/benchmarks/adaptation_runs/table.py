"""The table of a task: PCK of each arm, its spread over seeds, and the share of the gap."""

import json
from pathlib import Path

import numpy as np

from .run import folder_of
from .tasks import REAL, SOURCE, TASKS

METRICS = {'PCK@0.05': 'animal/PCK', 'PCK@0.1': 'animal/PCK@0.1'}


def scores(work_dir: Path, task: str, seeds: list[int], domain: str, metric: str) -> dict:
    """Return PCK in percent of each arm and seed; NaN where a run is missing."""
    found = {}
    for arm in TASKS[task].arms:
        values = np.full(len(seeds), np.nan)
        for place, seed in enumerate(seeds):
            file = folder_of(work_dir, task, arm, seed) / 'metrics.json'
            if file.exists():
                values[place] = 100 * json.loads(file.read_text())[domain].get(metric, np.nan)
        found[arm] = values
    return found


def markdown(work_dir: Path, task: str, seeds: list[int]) -> str:
    """Format a task's table as Markdown: mean, lowest and highest over seeds."""
    columns = {
        name: scores(work_dir, task, seeds, 'target', key) for name, key in METRICS.items()
    }
    lines = [
        f'| {task} | ' + ' | '.join(f'{name} | gap closed' for name in columns) + ' |',
        '|---' * (1 + 2 * len(columns)) + '|',
    ]
    for arm in TASKS[task].arms:
        if all(np.isnan(values[arm]).all() for values in columns.values()):
            continue
        cells = [arm]
        for values in columns.values():
            cells += [_spread(values[arm]), _gap(values, arm)]
        lines.append('| ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def _spread(values: np.ndarray) -> str:
    there = values[~np.isnan(values)]
    if not there.size:
        return ''
    if there.size == 1:
        return f'{there[0]:.1f}'
    return f'{there.mean():.1f} ({there.min():.1f} to {there.max():.1f})'


def _gap(values: dict[str, np.ndarray], arm: str) -> str:
    source, real = values[SOURCE].mean(), values[REAL].mean()
    share = (values[arm].mean() - source) / (real - source)
    return f'{share:.0%}' if arm not in (SOURCE, REAL) and np.isfinite(share) else ''
