"""Convert the images of "Learning from Synthetic Animals" to COCO keypoint files."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.datasets.converters import convert_synthetic_animal
from mmpose_addons_core.datasets.converters.synthetic_animals import FOLDER, JOINTS

from .argument_types import folder_path
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons synthetic-animals',
        description=__doc__,
        epilog='example: mmpose-addons synthetic-animals data/synthetic_animal '
        '--animals horse tiger',
    )
    parser.add_argument(
        'root', type=Path, help=f'folder that contains {FOLDER.format("<animal>")}'
    )
    parser.add_argument(
        '--animals', nargs='+', choices=[*JOINTS], default=[*JOINTS], help='default: all'
    )
    parser.add_argument(
        '--splits',
        type=Path,
        help='data/synthetic_animal of the published code, with '
        f'{FOLDER.format("<animal>")}/train_idxs.npy; without it the first four fifths of the '
        'images are for training',
    )
    parser.add_argument(
        '--out', type=folder_path, help='folder to write to (default: root/annotations)'
    )
    return parser.parse_args(argv)


@in_one_line('synthetic-animals')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    for animal in args.animals:
        split_dir = args.splits and args.splits / FOLDER.format(animal)
        files = convert_synthetic_animal(args.root, animal, args.out, split_dir, True)
        print(*files.values(), sep='\n')
    return 0
