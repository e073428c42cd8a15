"""Adapt a network to videos or images without labels: one command from data to a page.

It picks frames, writes config files, trains a network on the labels (unless --start gives one),
adapts it, tests it before and after, and writes RUN/report.html and RUN/network.pth.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from .errors import in_one_line
from .training_options import add_common, carry_out

METHODS = ('cc-ssl', 'mean-teacher', 'batchnorm')


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons adapt',
        description=__doc__,
        epilog='example: mmpose-addons adapt --labelled data/my_project --unlabelled new.mp4 '
        '--minutes 20 --out runs/new',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        '--unlabelled',
        nargs='+',
        required=True,
        metavar='INPUT',
        help='videos, images, folders of images',
    )
    parser.add_argument('--method', choices=METHODS, default='cc-ssl', help='%(default)s')
    parser.add_argument(
        '--frames', type=int, default=200, help='how many to pick at most (%(default)s)'
    )
    parser.add_argument(
        '--boxes',
        default='frame',
        metavar='FILE',
        help='"frame": the whole frame is the box (default); or a JSON object from the names '
        'in RUN/target/frames to [x, y, width, height]',
    )
    add_common(parser)
    args = parser.parse_args(argv)
    if args.frames < 2:
        parser.error(f'--frames must be at least 2, got {args.frames}')
    return args


@in_one_line('adapt')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    from mmpose_addons.training_run.options import Options

    options = Options(
        labelled=args.labelled.absolute(),
        out=args.out.absolute(),
        model=args.model
        if not Path(args.model).is_file()
        else str(Path(args.model).absolute()),
        start=args.start,
        unlabelled=tuple(args.unlabelled),
        method=args.method,
        frames=args.frames,
        boxes=args.boxes,
        test=args.test,
        test_images=args.test_images,
        minutes=args.minutes,
    )
    return carry_out('adapt', options, args.dry_run)
