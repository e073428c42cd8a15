"""Write the boxes of COCO's animals as a COCO file without keypoints."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.datasets.converters.animal_boxes import FOUR_LEGGED, animal_boxes
from mmpose_addons_core.fileio import refuse_outputs, write_json

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons animal-boxes',
        description=__doc__,
        epilog='example: mmpose-addons animal-boxes '
        'data/coco/annotations/instances_train2017.json --species cow --out data/cows.json',
    )
    parser.add_argument('file', type=Path, help='COCO instances file')
    parser.add_argument(
        '--species',
        nargs='+',
        default=[*FOUR_LEGGED],
        help='names of categories; default: %(default)s',
    )
    parser.add_argument(
        '--smallest', type=float, default=32, help='least side of a box, px (default: 32)'
    )
    parser.add_argument('--out', type=Path, required=True, help='COCO JSON to write')
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


@in_one_line('animal-boxes')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.file], force=args.force)
    content, left_out = animal_boxes(args.file, args.species, args.smallest)
    write_json(args.out, content)
    print(
        f'{args.out}: {len(content["annotations"])} boxes in {len(content["images"])} images; '
        f'left out: {left_out["crowd"]} groups, {left_out["small"]} below '
        f'{args.smallest:g} px'
    )
    return 0
