"""Train a network on a folder that "mmpose-addons import" made: one command to a page.

It writes a config file, trains, tests, and writes RUN/report.html and RUN/network.pth. The
command "train" is MMPose's script, which needs a config.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from .errors import in_one_line
from .training_options import add_common, carry_out


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons fit',
        description=__doc__,
        epilog='example: mmpose-addons fit --labelled data/my_project --minutes 20 '
        '--out runs/one',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    return parser.parse_args(argv)


@in_one_line('fit')
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
        test=args.test,
        test_images=args.test_images,
        minutes=args.minutes,
    )
    return carry_out('fit', options, args.dry_run)
