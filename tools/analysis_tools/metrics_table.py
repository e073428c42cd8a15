#!/usr/bin/env python
"""Print the metrics of one or several test runs side by side."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: metrics_table.py work_dirs/*/metrics.json '
        '(files that "mim test ... --out metrics.json" wrote)',
    )
    parser.add_argument('files', nargs='+', type=Path, metavar='METRICS.json')
    return parser.parse_args()


def read(file: Path) -> dict[str, float]:
    try:
        metrics = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f'{file} cannot be read as JSON: {error}') from None
    if not isinstance(metrics, dict):
        raise ValueError(f'{file} holds {type(metrics).__name__}, not metrics by name')
    return metrics


def main() -> int:
    args = parse_args()
    try:
        runs = [read(file) for file in args.files]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    table = Table('metric', *(str(file) for file in args.files))
    for name in dict.fromkeys(name for run in runs for name in run):
        cells = (run.get(name, '') for run in runs)
        table.add_row(name, *(f'{v:.4f}' if isinstance(v, float) else str(v) for v in cells))
    Console().print(table)
    return 0


if __name__ == '__main__':
    sys.exit(main())
