"""Write a sheet of images, predictions beside ground truth, from the best to the worst."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.fileio import refuse_input, refuse_outputs

from .argument_types import whole_number
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons sheet',
        description=__doc__,
        epilog='The results are those that "mim test ... --cfg-options '
        'test_evaluator.outfile_prefix=results" writes to results.keypoints.json. example: '
        'mmpose-addons sheet person_keypoints_val2017.json results.keypoints.json '
        '--images val2017 --out sheet.png',
    )
    parser.add_argument('annotations', type=Path, help='COCO keypoint annotations')
    parser.add_argument('results', type=Path, help='COCO keypoint results')
    parser.add_argument('--images', type=Path, required=True, help='folder of the images')
    parser.add_argument('--out', type=Path, required=True, help='PNG or JPEG to write')
    parser.add_argument('--count', type=whole_number, default=12, help='images (default: 12)')
    parser.add_argument(
        '--columns', type=whole_number, default=3, help='pairs a row (default: 3)'
    )
    parser.add_argument(
        '--cell', type=whole_number, default=256, help='px an image (default: 256)'
    )
    parser.add_argument(
        '--category', metavar='ID', help='id or name (default: all categories with keypoints)'
    )
    parser.add_argument(
        '--metainfo',
        type=Path,
        help="MMPose's file with the sigmas of OKS, such as configs/_base_/datasets/wflw.py "
        "(default: COCO's for 17 keypoints, else 0.05)",
    )
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


@in_one_line('sheet')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    inputs = [args.annotations, args.results, args.metainfo]
    refuse_outputs([args.out], inputs, force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.visualization.pose_sheet import pose_sheet, sigmas_of
    from mmpose_addons_core.datasets.coco_people import read_labelled_people
    from mmpose_addons_core.image_writing import check_image_name, write_image

    check_image_name(args.out)
    people = read_labelled_people(args.annotations, args.category)
    refuse_input(args.out, (args.images / name for name in people.files.values()))
    sigmas, origin = sigmas_of(len(people.names), args.metainfo)
    sheet, mean = pose_sheet(
        args.annotations,
        args.results,
        args.images,
        count=args.count,
        columns=args.columns,
        cell=args.cell,
        category=args.category,
        sigmas=sigmas,
    )
    write_image(args.out, sheet)
    print(f'Mean OKS of all annotated people: {mean:.3f}')
    print(f'Sigmas of OKS: {origin}')
    print(f'Sheet: {args.out.resolve()}')
    return 0
