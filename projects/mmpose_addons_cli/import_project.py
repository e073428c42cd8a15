"""Make a data set of a project of DeepLabCut, SLEAP, Lightning Pose or a labelling tool.

The new folder holds images, COCO annotations (train and val), dataset_info.py for MMPose,
report.json (what was read, and what was left out and why) and contact_sheet.jpg.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmpose_addons_core.message_texts import shown
from mmpose_addons_core.projects.labels import LONGEST, ProjectError
from mmpose_addons_core.projects.read import PROJECT_KINDS, read_project
from mmpose_addons_core.projects.split import SPLITS
from mmpose_addons_core.projects.views import split_views, views_in
from mmpose_addons_core.projects.write import BOXES, WriteSettings, write_dataset

from .argument_types import folder_path, positive_number, seed_number
from .errors import EXIT_SKIPPED, in_one_line

SHOWN = 3  # of each kind; report.json has all


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons import',
        description=__doc__,
        epilog='Exit code: 0, 3 if something was left out (the report names it), 2 for a '
        'project that cannot be read.\n'
        'example: mmpose-addons import openfield-Pranav-2018-10-30 --out data/openfield',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('project', type=Path, help='folder of the project, or its file')
    parser.add_argument('--out', type=folder_path, required=True, help='new folder')
    parser.add_argument(
        '--from',
        dest='kind',
        choices=PROJECT_KINDS,
        help='the tool; found by the files by default',
    )
    parser.add_argument(
        '--moved',
        action='append',
        default=[],
        metavar='NAME=PATH',
        help='where a video or image of the project lies now; may be given several times',
    )
    parser.add_argument(
        '--scorer', metavar='NAME', help="of DeepLabCut's labels (default: that of config.yaml)"
    )
    parser.add_argument(
        '--category',
        metavar='NAME',
        help='of a COCO file in which several have keypoints (default: all that have the same)',
    )
    parser.add_argument(
        '--views',
        nargs='+',
        metavar='SUFFIX',
        help='keypoints of several views in one frame: one instance for each suffix of their '
        'names, for instance _top _bot',
    )
    parser.add_argument('--name', default='animal', help='of the category (default: animal)')
    parser.add_argument(
        '--boxes',
        choices=BOXES,
        default='keypoints',
        help='box of an animal: round its keypoints (default), or the whole frame',
    )
    parser.add_argument(
        '--margin',
        type=float,
        default=0.2,
        help="share of the keypoints' longer side round them (default: 0.2)",
    )
    parser.add_argument(
        '--split',
        choices=SPLITS,
        default='video',
        help='val part: whole videos (default), the end of each video, or none',
    )
    parser.add_argument('--val-share', type=float, default=0.2, help='default: 0.2')
    parser.add_argument('--seed', type=seed_number, default=0, help='of the split (default: 0)')
    parser.add_argument(
        '--sigma',
        type=positive_number,
        default=0.05,
        help='of each keypoint for OKS (default: 0.05)',
    )
    return parser.parse_args(argv)


@in_one_line('import')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    settings = WriteSettings(
        name=args.name,
        boxes=args.boxes,
        margin=args.margin,
        split=args.split,
        val_share=args.val_share,
        seed=args.seed,
        sigma=args.sigma,
    )
    project = read_project(
        args.project,
        args.kind,
        dict(map(_moved, args.moved)),
        args.scorer,
        args.category,
    )
    if args.views:
        project = split_views(project, args.views)
    report = write_dataset(project, args.out, settings, progress=True)
    _print_report(report, args.out)
    return EXIT_SKIPPED if report['left_out'] else 0


def _moved(text: str) -> tuple[str, Path]:
    name, _, path = text.partition('=')
    if not name or not Path(path).is_file():
        raise ProjectError(f'--moved: expected NAME=PATH of a file, got {text!r}')
    return name, Path(path)


def _print_report(report: dict[str, Any], out: Path) -> None:
    print(f'{out}: {report["kind"]} project, {len(report["keypoints"])} keypoints')
    for part, counts in report['parts'].items():
        print(
            f'  {part}: {counts["images"]} images, {counts["instances"]} instances of '
            f'{len(counts["videos"])} videos'
        )
    if not report['parts']['val']['images']:
        print('  No val part: all frames are of one video. --split time takes its last frames.')
    pairs = ', '.join('/'.join(pair) for pair in report['mirrored_pairs']) or 'none found'
    print(
        f'  left/right keypoints by their names: {pairs} (edit dataset_info.py to change them)'
    )
    if suffixes := views_in([*report['keypoints']]):
        print(
            f'  several views in a frame? --views {" ".join(suffixes)} makes an instance '
            'of each'
        )
    for reason, where in report['left_out'].items():
        more = ', ...' * (len(where) > SHOWN)
        some = ', '.join(shown(place)[:LONGEST] for place in where[:SHOWN])
        print(f'  left out: {reason}: {len(where)} ({some}{more})')
