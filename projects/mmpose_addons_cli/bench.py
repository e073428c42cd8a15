"""Time an ONNX file of "mmpose-addons export" or "export-detector" on this machine.

Each number of threads and size of batches runs in a process of its own, on random images. The
table has percentiles of the time of a batch, images a second at the median, and the largest
memory of the process. It needs neither PyTorch nor MMPose.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .argument_types import whole_number
from .errors import in_one_line

if TYPE_CHECKING:
    from mmpose_addons_runtime.bench import Timing

COLUMNS = {
    'threads': 'd',
    'batch': 'd',
    'p50_ms': '.2f',
    'p90_ms': '.2f',
    'p99_ms': '.2f',
    'per_second': '.1f',
    'load_ms': '.0f',
    'peak_mb': '.0f',
}
"""Fields of a timing, and how the table writes them."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons bench',
        description=__doc__,
        epilog='example: mmpose-addons bench pose.onnx --threads 1 4 --batches 1 8 --out a.csv',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('model', type=Path, metavar='MODEL.onnx')
    parser.add_argument(
        '--threads', type=whole_number, nargs='+', help='(default: 1, and the number of cores)'
    )
    parser.add_argument(
        '--batches',
        type=whole_number,
        nargs='+',
        help="(default: 1 4 8, or the file's own size)",
    )
    parser.add_argument('--runs', type=whole_number, default=100, help='batches (%(default)s)')
    parser.add_argument(
        '--size',
        type=_size,
        default='1280x720',
        metavar='WxH',
        help="of a detector's images, px (%(default)s)",
    )
    parser.add_argument('--device', help='cpu, cuda, tensorrt, ... (default: cuda if there)')
    parser.add_argument('--out', type=Path, help='also write the table, as .csv or .json')
    parser.add_argument('--force', action='store_true', help='overwrite')
    args = parser.parse_args(argv)
    if args.out and args.out.suffix.lower() not in ('.csv', '.json'):
        parser.error(f'--out must end with .csv or .json, got {args.out}')
    return args


@in_one_line('bench')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons_core.fileio import refuse_outputs
    from mmpose_addons_core.progress import progress_bar
    from mmpose_addons_runtime.bench import Setting, fixed_batch, time_setting
    from mmpose_addons_runtime.errors import ModelError

    refuse_outputs([args.out], [args.model], force=args.force)
    fixed = fixed_batch(args.model)
    batches = args.batches or ([1, 4, 8] if fixed is None else [fixed])
    if fixed is not None and set(batches) != {fixed}:
        raise ModelError(
            f'{args.model} takes batches of {fixed} only, got --batches '
            f'{" ".join(map(str, batches))}; export it with --dynamic-batch'
        )
    threads = args.threads or sorted({1, os.cpu_count() or 1})
    settings = [
        Setting(args.model, batch, count, args.device, args.runs, args.size)
        for count in threads
        for batch in batches
    ]
    with progress_bar('Settings', len(settings), transient=True) as advance:
        timings = []
        for setting in settings:
            timings.append(time_setting(setting))
            advance(1)
    print_table(args.model, timings)
    if args.out:
        write_table(args.out, args.model, timings)
    return 0


def print_table(model: Path, timings: 'Sequence[Timing]') -> None:
    from rich.console import Console
    from rich.table import Table

    print(f'{model} on {timings[0].about}, {os.cpu_count()} cores')
    table = Table(*(name.replace('_', ' ') for name in COLUMNS))
    for timing in timings:
        table.add_row(*(f'{getattr(timing, name):{form}}' for name, form in COLUMNS.items()))
    Console().print(table)


def write_table(file: Path, model: Path, timings: 'Sequence[Timing]') -> None:
    import csv
    import io
    import json
    from dataclasses import asdict

    from mmpose_addons_core.fileio import write_text

    rows = [dict(model=str(model), **asdict(timing)) for timing in timings]
    text = io.StringIO()
    if file.suffix.lower() == '.json':
        json.dump(rows, text, indent=2)
    else:
        writer = csv.DictWriter(text, [*rows[0]], lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)
    write_text(file, text.getvalue())


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().split('x')
    if len(parts) != 2:
        raise argparse.ArgumentTypeError(f'must be WxH such as 1280x720, got {text!r}')
    return whole_number(parts[0]), whole_number(parts[1])
