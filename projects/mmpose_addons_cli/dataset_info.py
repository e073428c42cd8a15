"""Write the dataset_info.py of a COCO keypoint file, which tells MMPose its keypoints."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.fileio import write_text
from mmpose_addons_core.keypoints.sides import mirror_pairs
from mmpose_addons_core.projects.coco_exports import read_category
from mmpose_addons_core.projects.dataset_info import dataset_info_text
from mmpose_addons_core.projects.labels import ProjectError

from .argument_types import positive_number
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons dataset-info',
        description=__doc__,
        epilog='example: mmpose-addons dataset-info data/horses.json --out data/horses.py',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('ann', type=Path, help='COCO keypoint file')
    parser.add_argument(
        '--out', type=Path, help='default: beside the file, with the suffix .py'
    )
    parser.add_argument(
        '--category', metavar='NAME', help='if several have keypoints that differ'
    )
    parser.add_argument(
        '--sigma',
        type=positive_number,
        default=0.05,
        help='of each keypoint for OKS (default: 0.05)',
    )
    return parser.parse_args(argv)


@in_one_line('dataset-info')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    out = args.out or args.ann.with_suffix('.py')
    if out.exists():
        raise ProjectError(f'{out} exists; name another file with --out')
    name, keypoints, skeleton = read_category(args.ann, args.category)
    pairs = mirror_pairs(keypoints)
    text = dataset_info_text(name, keypoints, skeleton, pairs, args.sigma)
    write_text(out, text)
    found = ', '.join(f'{keypoints[a]}/{keypoints[b]}' for a, b in pairs) or 'none'
    print(f'{out}: {len(keypoints)} keypoints; left/right by their names: {found}')
    return 0
