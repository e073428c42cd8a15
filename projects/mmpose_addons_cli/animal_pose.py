"""Write a COCO keypoint file of Animal-Pose, with all species or some of them."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.datasets.converters.animal_pose import animal_pose
from mmpose_addons_core.fileio import refuse_input, refuse_outputs, write_json

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons animal-pose',
        description=__doc__,
        epilog='example: mmpose-addons animal-pose data/animalpose/keypoints.json '
        'data/animalpose/images --species cat dog horse sheep --out data/four.json',
    )
    parser.add_argument('file', type=Path, help="the authors' keypoints.json, or MMPose's file")
    parser.add_argument('images', type=Path, help='folder of the images')
    parser.add_argument('--species', nargs='+', help='names of categories; default: all')
    parser.add_argument('--out', type=Path, required=True, help='COCO JSON to write')
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


@in_one_line('animal-pose')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.file], force=args.force)
    content = animal_pose(args.file, args.images, args.species)
    refuse_input(args.out, (args.images / image['file_name'] for image in content['images']))
    write_json(args.out, content)
    names = ', '.join(category['name'] for category in content['categories'])
    print(
        f'{args.out}: {len(content["annotations"])} animals in {len(content["images"])} images '
        f'({names})'
    )
    return 0
