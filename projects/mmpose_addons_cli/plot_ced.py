"""Plot the CED curves of several models and print their metrics."""

import argparse
import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path

from mmpose_addons_core.fileio import refuse_outputs

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons plot-ced',
        description=__doc__,
        epilog='example: mmpose-addons plot-ced work_dirs/wing/*/ced.csv '
        'work_dirs/l1/*/ced.csv --names Wing L1 --thresholds 0.08 0.1 --out ced.png '
        '(files that FaceLandmarkMetric wrote)',
    )
    parser.add_argument('files', nargs='+', type=Path, metavar='CED.csv')
    parser.add_argument('--out', type=Path, required=True, help='PNG, PDF or SVG to write')
    parser.add_argument('--names', nargs='+', help='one a file (default: the folders)')
    parser.add_argument('--subset', default='all', help='such as pose (default: all)')
    parser.add_argument('--thresholds', nargs='+', type=float, default=[0.08, 0.1])
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


@in_one_line('plot-ced')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], args.files, force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.visualization.ced import draw_ced, legend
    from mmpose_addons_core.metrics.ced_file import read_ced

    names = args.names or [str(file.parent) for file in args.files]
    try:
        if len(set(names)) != len(args.files):
            raise ValueError(f'--names must be different, one for each file, got {names}')
        if not all(0 < threshold < inf for threshold in args.thresholds):
            raise ValueError(f'--thresholds must be positive numbers, got {args.thresholds}')
        curves = {}
        for name, file in zip(names, args.files, strict=True):
            subsets = read_ced(file)
            if args.subset not in subsets:
                raise ValueError(
                    f'{file}: --subset must be one of {[*subsets]}, got {args.subset!r}'
                )
            curves[name] = subsets[args.subset]
        draw_ced(args.out, curves, args.thresholds)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for name, errors in curves.items():
        for threshold in args.thresholds:
            print(f'{name}: {legend(errors, threshold)}')
    return 0
