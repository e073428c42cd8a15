#!/usr/bin/env python
"""Which estimate without labels ranks networks as their hidden labels do.

Reads diagnosis.json of runs whose target set had hidden labels, and prints Spearman's rank
correlation of each estimate with the PCK, over all runs and epochs, over first and over last
diagnoses, and how well a threshold tells networks below a PCK from those above it (area under
the ROC curve). With --held-out, the best threshold of these runs is tested on others.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import rankdata, spearmanr

from mmpose_addons.visualization.diagnosis_table import read_diagnosis
from mmpose_addons_cli.errors import EXIT_SKIPPED, CommandError, in_one_line
from mmpose_addons_core.adaptation import PseudoLabelError
from mmpose_addons_core.datasets.coco_values import are_numbers


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: diagnosis_ranks.py work_dirs/cattle --held-out work_dirs/sheep',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('folders', type=Path, nargs='+', help='searched for diagnosis.json')
    parser.add_argument(
        '--score', default='pck', help='of the hidden labels; default: %(default)s'
    )
    parser.add_argument(
        '--below', type=float, default=0.5, help='a network below this score has failed'
    )
    parser.add_argument(
        '--held-out', type=Path, nargs='+', default=[], help='folders of runs to test with'
    )
    return parser.parse_args(argv)


class Runs:
    """Scores and estimates of runs, in the order of epochs.

    Args:
        score: Of the hidden labels.

    Attributes:
        left_out: Records without the score.
    """

    def __init__(self, score: str) -> None:
        self._score = score
        self._files: set[Path] = set()
        self.left_out: list[str] = []

    def read(self, folders: Sequence[Path]) -> list[list[tuple[float, dict]]]:
        """Read the runs of folders, which are others than those that were read before.

        Raises:
            CommandError: A folder is missing or has no run, or a run is read twice.
            PseudoLabelError: A file or a number in it is not what a run writes.
        """
        runs = []
        for folder in folders:
            if not folder.is_dir():
                raise CommandError(f'expected a folder of runs, got {folder}')
            files = sorted(folder.rglob('diagnosis.json'))
            if not files:
                raise CommandError(f'{folder} has no diagnosis.json')
            for file in files:
                if file.resolve() in self._files:
                    raise CommandError(f'{file} is given twice, the second time by {folder}')
                self._files.add(file.resolve())
                if records := self._records(file):
                    runs.append(records)
        return runs

    def _records(self, file: Path) -> list[tuple[float, dict]]:
        found = []
        for index, record in enumerate(read_diagnosis(file)):
            where, hidden = f'{file}: [{index}]', record.get('hidden', {})
            if not isinstance(hidden, dict):
                raise PseudoLabelError(f'{where}: expected hidden scores, got {hidden!r}')
            score = hidden.get(self._score)
            for name, value in {self._score: score, **record['estimates']}.items():
                if value is not None and not are_numbers([value]):
                    raise PseudoLabelError(
                        f'{where}: {name} must be a finite number or null, got {value!r}'
                    )
            if score is None:
                self.left_out.append(where)
            else:
                found.append((score, record['estimates']))
        return found


def area(values: np.ndarray, failed: np.ndarray) -> float:
    """Return the chance that a failed network has a lower estimate than a good one."""
    good = ~failed
    if not failed.any() or not good.any():
        return float('nan')
    ranks = rankdata(values)
    wins = ranks[good].sum() - good.sum() * (good.sum() + 1) / 2
    return float(wins / (good.sum() * failed.sum()))


def best_threshold(values: np.ndarray, failed: np.ndarray) -> float:
    """Return the value below which failed networks lie, and good ones do not.

    Of all thresholds half-way between two values it has the largest share of right answers, the
    mean over both kinds; of equally good ones it has the widest gap. NaN without both kinds.
    """
    ascending = np.unique(values)
    if not failed.any() or failed.all() or len(ascending) < 2:
        return float('nan')
    middles = (ascending[1:] + ascending[:-1]) / 2
    rights = [(values[failed] < m).mean() + (values[~failed] >= m).mean() for m in middles]
    best = np.flatnonzero(np.isclose(rights, np.max(rights)))
    return float(middles[best[np.diff(ascending)[best].argmax()]])


def held_out_table(
    records: list[tuple[float, dict]], others: list[tuple[float, dict]], below: float
) -> Table:
    """Return, for each estimate, how often the threshold of ``records`` is right on others."""
    table = Table('estimate', 'threshold', 'failed, warned', 'good, warned', title='held out')
    for name in sorted({name for _, estimates in records for name in estimates}):
        own, test = (_pairs(group, name) for group in (records, others))
        if not len(own) or not len(test):
            continue
        threshold = best_threshold(own[:, 1], own[:, 0] < below)
        warned, failed = test[:, 1] < threshold, test[:, 0] < below
        cells = [f'{(warned & of).sum()} of {of.sum()}' for of in (failed, ~failed)]
        table.add_row(name, f'{threshold:.3g}', *cells)
    return table


def _pairs(records: list[tuple[float, dict]], name: str) -> np.ndarray:
    """Return scores and values (N, 2) of the records that have an estimate."""
    found = [(s, e[name]) for s, e in records if e.get(name) is not None]
    return np.array(found, float).reshape(-1, 2)


@in_one_line('diagnosis_ranks.py')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    read = Runs(args.score)
    runs = read.read(args.folders)
    held_out = [record for run in read.read(args.held_out) for record in run]
    if len(runs) < 3:
        raise CommandError(f'expected at least 3 runs with hidden labels, got {len(runs)}')
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
            pairs = _pairs(group, name)
            varied = len(pairs) > 2 and np.ptp(pairs, axis=0).min() > 0
            cells.append(f'{spearmanr(*pairs.T).statistic:.2f}' if varied else '-')
        pairs = _pairs(groups['all'], name)
        cells.append(f'{area(pairs[:, 1], pairs[:, 0] < args.below):.2f}')
        table.add_row(name, *cells)
    Console().print(table)
    if args.held_out:
        Console().print(held_out_table(groups['all'], held_out, args.below))
    if read.left_out:
        print(
            f'{len(read.left_out)} records without the score {args.score} are left out, the '
            f'first is {read.left_out[0]}',
            file=sys.stderr,
        )
        return EXIT_SKIPPED
    return 0


if __name__ == '__main__':
    sys.exit(main())
