"""Plot the CED curves of several models and print their metrics."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.fileio import refuse_outputs

from .argument_types import positive_number
from .errors import CommandError, in_one_line


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
    parser.add_argument('--thresholds', nargs='+', type=positive_number, default=[0.08, 0.1])
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
    if len(set(names)) != len(args.files):
        raise CommandError(f'--names must be different, one for each file, got {names}')
    curves = {}
    for name, file in zip(names, args.files, strict=True):
        subsets = read_ced(file)
        if args.subset not in subsets:
            raise CommandError(
                f'{file}: --subset must be one of {[*subsets]}, got {args.subset!r}'
            )
        curves[name] = subsets[args.subset]
    draw_ced(args.out, curves, args.thresholds)
    for name, errors in curves.items():
        for threshold in args.thresholds:
            print(f'{name}: {legend(errors, threshold)}')
    return 0
