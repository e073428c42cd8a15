"""Convert TigDog's horses and tigers to COCO keypoint files."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.datasets.converters import convert_tigdog
from mmpose_addons_core.datasets.converters.tigdog import ORDER

from .argument_types import folder_path, seed_number
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons tigdog',
        description=__doc__,
        epilog='example: mmpose-addons tigdog data/behaviorDiscovery2.0 '
        '--splits data/real_animal',
    )
    parser.add_argument(
        'root', type=Path, help='behaviorDiscovery2.0, with ranges/, landmarks/'
    )
    parser.add_argument(
        '--animals', nargs='+', choices=[*ORDER], default=[*ORDER], help='default: all'
    )
    parser.add_argument(
        '--splits',
        type=Path,
        help='data/real_animal of the published code, with <animal>/train_idxs_by_video.npy; '
        'without it a fifth of the videos is drawn for val',
    )
    parser.add_argument('--seed', type=seed_number, default=0, help='of that draw (default: 0)')
    parser.add_argument(
        '--out', type=folder_path, help='folder to write to (default: root/annotations)'
    )
    return parser.parse_args(argv)


@in_one_line('tigdog')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    for animal in args.animals:
        split_dir = args.splits and args.splits / animal
        files = convert_tigdog(args.root, animal, args.out, split_dir, args.seed, True)
        print(*files.values(), sep='\n')
    return 0
