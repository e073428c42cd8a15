#!/usr/bin/env python
"""Which estimate without labels ranks networks as their hidden labels do.

Reads diagnosis.json of runs whose target set had hidden labels, and prints Spearman's rank
correlation of each estimate with the PCK, over all runs and epochs, over first and over last
diagnoses, and how well a threshold tells networks below a PCK from those above it (area under
the ROC curve).
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import rankdata, spearmanr

from mmpose_addons.visualization.diagnosis_table import read_diagnosis
from mmpose_addons_core.adaptation import PseudoLabelError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: diagnosis_ranks.py work_dirs/adaptation --below 0.3',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('folders', type=Path, nargs='+', help='searched for diagnosis.json')
    parser.add_argument('--score', default='pck@0.1', help='of the hidden labels')
    parser.add_argument(
        '--below', type=float, default=0.3, help='a network below this score has failed'
    )
    return parser.parse_args()


def read_runs(folders: list[Path], score: str) -> list[list[tuple[float, dict]]]:
    """Read scores and estimates of each run, in the order of epochs."""
    files = sorted(file for folder in folders for file in folder.rglob('diagnosis.json'))
    runs = []
    for file in files:
        records = [r for r in read_diagnosis(file) if score in r.get('hidden', {})]
        if records:
            runs.append([(r['hidden'][score], r['estimates']) for r in records])
    return runs


def area(values: np.ndarray, failed: np.ndarray) -> float:
    """Return the chance that a failed network has a lower estimate than a good one."""
    good = ~failed
    if not failed.any() or not good.any():
        return float('nan')
    ranks = rankdata(values)
    wins = ranks[good].sum() - good.sum() * (good.sum() + 1) / 2
    return float(wins / (good.sum() * failed.sum()))


def main() -> int:
    args = parse_args()
    try:
        runs = read_runs(args.folders, args.score)
    except PseudoLabelError as error:
        print(error, file=sys.stderr)
        return 2
    if len(runs) < 3:
        print(f'expected at least 3 runs with hidden labels, got {len(runs)}', file=sys.stderr)
        return 2
    groups = {
        'all': [record for run in runs for record in run],
        'first': [run[0] for run in runs],
        'last': [run[-1] for run in runs],
    }
    columns = [f'{name} ({len(group)})' for name, group in groups.items()]
    table = Table('estimate', *columns, f'area, {args.score} < {args.below:g}')
    names = sorted({name for _, estimates in groups['all'] for name in estimates})
    for name in names:
        cells = []
        for group in groups.values():
            pairs = np.array([(s, e[name]) for s, e in group if e.get(name) is not None])
            varied = len(pairs) > 2 and np.ptp(pairs, axis=0).min() > 0
            cells.append(f'{spearmanr(*pairs.T).statistic:.2f}' if varied else '-')
        pairs = np.array([(s, e[name]) for s, e in groups['all'] if e.get(name) is not None])
        cells.append(f'{area(pairs[:, 1], pairs[:, 0] < args.below):.2f}')
        table.add_row(name, *cells)
    Console().print(table)
    return 0


if __name__ == '__main__':
    sys.exit(main())
