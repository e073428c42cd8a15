"""Train a network on a folder that "mmpose-addons import" made: one command to a page.

It writes a config file, trains, tests, and writes RUN/report.html and RUN/network.pth. With a
CONFIG in place of --labelled, "mmpose-addons train" is MMPose's script.
"""

import argparse
import time
from collections.abc import Sequence

from .training_options import add_common, carry_out, common_options

OPTION = '--labelled'


def is_asked_for(argv: Sequence[str]) -> bool:
    """Return whether the arguments of ``train`` name a labelled folder instead of a config."""
    return any(word.partition('=')[0] == OPTION for word in argv)


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons train',
        description=__doc__,
        epilog='example: mmpose-addons train --labelled data/my_project --minutes 20 '
        '--out runs/one',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_common(
        parser,
        'crops in training. "frame": the whole frame (default if each labelled frame shows one '
        'animal); "labels": the boxes of the labels; CONFIG CHECKPOINT: the same, for an MMDet '
        'detector that will find the animals later',
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    begin = time.monotonic()
    args = parse_args(argv)
    from mmpose_addons.training_run.options import Options

    return carry_out('train', Options(**common_options(args)), args.dry_run, begin)
