"""Adapt a network to videos or images without labels: one command from data to a page.

It picks frames, writes config files, trains a network on the labels (unless --start gives one),
adapts it, tests it before and after, and writes RUN/report.html and RUN/network.pth.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.choices import ADAPTATION_METHODS

from .argument_types import whole_number_from
from .errors import in_one_line
from .training_options import add_common, carry_out, common_options


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
    about = '. '.join(f'{name}: {does}' for name, does in ADAPTATION_METHODS.items())
    parser.add_argument(
        '--method',
        choices=ADAPTATION_METHODS,
        help=f'{about}. Default: cc-ssl, and with --few mean-teacher',
    )
    parser.add_argument(
        '--frames',
        type=whole_number_from(2),
        metavar='N',
        help='how many to pick at most (default: 200, or as many as there is time to label)',
    )
    parser.add_argument(
        '--few',
        type=Path,
        metavar='ANN',
        help='COCO file of a few labelled images like the new ones, to learn from; other '
        'images than those of --test',
    )
    parser.add_argument('--few-images', type=Path, metavar='DIR', help='their folder')
    add_common(
        parser,
        'of the new frames. "frame": the whole frame (default if each labelled frame shows one '
        'animal); CONFIG CHECKPOINT: an MMDet detector; FILE: a JSON object from the names in '
        'RUN/target/frames to [x, y, width, height], or a list of such boxes',
    )
    return parser.parse_args(argv)


@in_one_line('adapt')
def main(argv: Sequence[str] | None = None) -> int:
    begin = time.monotonic()
    args = parse_args(argv)
    from mmpose_addons.training_run.options import Options

    options = Options(
        unlabelled=tuple(
            str(Path(name).absolute()) if Path(name).exists() else name
            for name in args.unlabelled
        ),
        method=args.method or ('mean-teacher' if args.few else 'cc-ssl'),
        frames=args.frames,
        few=args.few,
        few_images=args.few_images,
        **common_options(args),
    )
    return carry_out('adapt', options, args.dry_run, begin)
