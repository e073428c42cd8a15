"""Print the metrics of one or several test runs as a table."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .errors import CommandError, in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons metrics-table',
        description=__doc__,
        epilog='example: mmpose-addons metrics-table work_dirs/*/metrics.json '
        '(files that "mim test ... --out metrics.json" wrote)',
    )
    parser.add_argument('files', nargs='+', type=Path, metavar='METRICS.json')
    return parser.parse_args(argv)


def read(file: Path) -> dict[str, float]:
    try:
        metrics = json.loads(file.read_text())
    except ValueError as error:
        raise CommandError(f'{file} cannot be read as JSON: {error}') from None
    if not isinstance(metrics, dict):
        raise CommandError(
            f'{file} must be a JSON object of metrics by name, got {type(metrics).__name__}'
        )
    return metrics


@in_one_line('metrics-table')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    runs = [read(file) for file in args.files]
    table = Table('metric', *(str(file) for file in args.files))
    for name in dict.fromkeys(name for run in runs for name in run):
        cells = (run.get(name, '') for run in runs)
        table.add_row(name, *(f'{v:.4f}' if isinstance(v, float) else str(v) for v in cells))
    Console().print(table)
    return 0
