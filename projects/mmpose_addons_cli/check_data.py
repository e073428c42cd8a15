"""Report what is wrong with a COCO keypoint annotation file and its images.

Exit code: 0 nothing wrong, 1 errors (with --strict also warnings), 2 unreadable file or wrong
usage. An error would stop MMPose or train it on wrong labels. A warning is a record that MMPose
skips or can use.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.coco_report import TOLERABLE, CocoReport
from mmpose_addons_core.datasets.image_files import MODES
from mmpose_addons_core.fileio import refuse_outputs, write_json
from mmpose_addons_core.message_texts import printable

from .argument_types import whole_number, whole_number_from
from .errors import in_one_line

COLOURS = {'error': 'red', 'warning': 'yellow'}


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons check-data',
        description=__doc__,
        epilog='example: mmpose-addons check-data people_train.json '
        '--images data/people/images',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('ann', type=Path, help='annotation file, COCO keypoint layout')
    parser.add_argument(
        '--images', type=Path, metavar='DIR', help='also check the images in this folder'
    )
    parser.add_argument(
        '--image-check',
        choices=MODES,
        default='decode',
        help='exist: the file exists; header: read its format, size and last bytes; decode: '
        'decode all pixels (default)',
    )
    parser.add_argument('--boxes', type=Path, help="a detector's boxes for these images")
    parser.add_argument(
        '--num-keypoints', type=whole_number, metavar='K', help="default: the category's"
    )
    parser.add_argument(
        '--category',
        metavar='ID',
        help='id or name of the category to use (default: all with K keypoints)',
    )
    parser.add_argument(
        '--unlabelled',
        action='store_true',
        help='the file is a target set of an adaptation: boxes are needed, keypoints are not',
    )
    parser.add_argument(
        '--evaluation',
        action='store_true',
        help='the file is ground truth for CocoMetric, which needs more than training',
    )
    parser.add_argument(
        '--tolerate',
        nargs='+',
        default=[],
        choices=sorted(TOLERABLE),
        metavar='KIND',
        help='count as warnings: %(choices)s',
    )
    parser.add_argument('--strict', action='store_true', help='warnings count as errors')
    parser.add_argument(
        '--max-per-kind',
        type=whole_number_from(0),
        default=5,
        metavar='N',
        help='records to print of each kind, 0 for all (default: %(default)s)',
    )
    parser.add_argument('--json', type=Path, metavar='OUT', help='write all problems')
    parser.add_argument('--force', action='store_true', help='overwrite the file of --json')
    parser.add_argument('--workers', type=whole_number, default=8, help='threads for images')
    args = parser.parse_args(argv)
    if args.images and not args.images.is_dir():
        parser.error(f'--images {args.images} is not a folder')
    if args.unlabelled and (args.evaluation or args.boxes):
        parser.error('--unlabelled goes without --evaluation and --boxes')
    return args


def print_problems(report: CocoReport, console: Console, limit: int) -> None:
    groups = report.by_kind()
    table = Table('severity', 'kind', 'meaning', 'count')
    table.columns[-1].justify = 'right'
    for (kind, severity), group in groups.items():
        table.add_row(severity, kind, group[0].meaning, f'{len(group):,}')
    if groups:
        console.print(table)
    for (_, severity), group in groups.items():
        console.print(f'[{COLOURS[severity]}]{severity}[/]: {group[0].meaning}')
        for problem in group[: limit or None]:
            console.print(f'  {problem}', markup=False, highlight=False, soft_wrap=True)
        if limit and len(group) > limit:
            console.print(f'  ... and {len(group) - limit:,} more')


def print_summary(report: CocoReport, console: Console, unlabelled: bool, look: str) -> None:
    summary = report.summary
    if 'annotations' in summary:
        keypoints = ', '.join(map(str, summary['keypoints'])) or 'unknown'
        table = Table(show_header=False, title='summary', title_justify='left')
        table.add_row('images', f'{summary["images"]:,}')
        table.add_row('  with a usable record', f'{summary["images_used"]:,}')
        table.add_row('annotations', f'{summary["annotations"]:,}')
        table.add_row('  usable', f'{summary["annotations_used"]:,}')
        if not unlabelled:
            table.add_row('keypoints', keypoints)
            table.add_row('  visible', f'{summary["visible_share"]:.1%}')
        if sizes := summary.get('box_size_px'):
            text = ', '.join(f'{name} {size:.0f}' for name, size in sizes.items())
            table.add_row('box size sqrt(w h), px', text)
        console.print(table)
    if text := _time_text(report, look):
        console.print(text, highlight=False)
    console.print(
        f'{printable(report.ann_file)}: {len(report.errors):,} errors, '
        f'{len(report.warnings):,} warnings',
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _time_text(report: CocoReport, look: str) -> str:
    """Return a text: what was checked, and how long it took."""
    parts = []
    if 'annotations' in report.seconds:
        number = report.summary['annotations']
        parts.append(f'{number:,} annotations in {report.seconds["annotations"]:.1f} s')
    if 'images' in report.seconds:
        number = report.images_checked
        parts.append(f'{number:,} image files ({look}) in {report.seconds["images"]:.1f} s')
    return f'checked {" and ".join(parts)}' if parts else ''


@in_one_line('check-data')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.json], [args.ann, args.boxes], force=args.force)
    report = check_coco_keypoints(
        args.ann,
        args.images,
        args.image_check,
        num_keypoints=args.num_keypoints,
        category=args.category,
        boxes_only=args.unlabelled,
        evaluation=args.evaluation,
        bbox_file=args.boxes,
        tolerate=args.tolerate,
        workers=args.workers,
        progress=True,
    )
    console = Console()
    print_problems(report, console, args.max_per_kind)
    print_summary(report, console, args.unlabelled, args.image_check)
    if args.json:
        write_json(args.json, report.to_dict(), indent=1)
    if any(problem.kind == 'file' for problem in report.errors):
        return 2
    return 1 if report.errors or (args.strict and report.warnings) else 0
