"""Run an MMDet detector over a COCO image list and write the boxes for MMPose's bbox_file.

The file is a list of {image_id, category_id, bbox (x, y, w, h), score}, as the
COCO_val2017_detections_AP_H_56_person.json that papers use. An interrupted run continues
where it stopped, if detector, annotations and images are the same. Box AP is printed if the
annotations have boxes.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmpose_addons_core.class_names import number_or_name
from mmpose_addons_core.fileio import refuse_outputs
from mmpose_addons_core.message_texts import listed

from .argument_types import whole_number
from .config_digest import config_digest
from .errors import EXIT_SKIPPED, in_one_line
from .ray_options import add_ray_options, check_ray_options, cluster_of

if TYPE_CHECKING:
    from mmpose_addons.apis import BoxDetector
    from mmpose_addons_runtime.detect_batches import FindBoxes

SHOWN = 10  # images that are skipped


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons detect',
        description=__doc__,
        epilog='example: mmpose-addons detect rtmdet.py rtmdet.pth --ann '
        'person_keypoints_val2017.json --images val2017 --out boxes.json',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='of MMDet')
    parser.add_argument('checkpoint', type=Path, help='its weights')
    parser.add_argument('--ann', type=Path, required=True, help='COCO file with the images')
    parser.add_argument('--images', type=Path, required=True, help='folder of the images')
    parser.add_argument('--out', type=Path, required=True, help='JSON file to write')
    parser.add_argument(
        '--category',
        default='0',
        help='class of the detector, name or number (default: the first)',
    )
    parser.add_argument(
        '--category-id',
        help="category_id to write (default: that of the annotations' keypoints, else 1); "
        "MMPose's own CocoDataset reads 1 only",
    )
    parser.add_argument(
        '--box-threshold', type=float, default=0.001, help='least score (%(default)s)'
    )
    parser.add_argument(
        '--nms-threshold',
        type=float,
        help="IoU above which the worse box goes (default: the detector's own)",
    )
    parser.add_argument(
        '--batch-size', type=whole_number, default=8, help='images (%(default)s)'
    )
    parser.add_argument('--device', help='cpu, cuda, ... (default: cuda where there is one)')
    parser.add_argument('--force', action='store_true', help='overwrite')
    parser.add_argument(
        '--on-error',
        choices=('skip', 'stop'),
        default='skip',
        help='pass over images that cannot be read and name them, with exit code 3, or stop '
        'there with exit code 1 (%(default)s)',
    )
    add_ray_options(parser, 'find the boxes on the workers')
    args = parser.parse_args(argv)
    check_ray_options(args, parser)
    return args


@in_one_line('detect')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.config, args.checkpoint, args.ann], force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.apis import InputError
    from mmpose_addons.apis.detect_file import box_ap, detect_images, keypoint_category
    from mmpose_addons_core.file_digests import file_digest
    from mmpose_addons_core.stop_signals import stop_request

    if args.category_id is None:
        category_id = keypoint_category(args.ann)
    else:
        category_id = number_or_name(args.category_id)
    detector = load_detector(args)
    settings: dict[str, Any] = dict(
        config=config_digest(args.config),
        checkpoint=file_digest(args.checkpoint),
    )
    settings |= dict(category=args.category, category_id=category_id)
    settings |= dict(score=args.box_threshold, nms=args.nms_threshold)
    with stop_request() as stop, _cluster(args) as find:
        report = detect_images(
            detector,
            args.ann,
            args.images,
            args.out,
            category_id=category_id,
            batch_size=args.batch_size,
            settings=settings,
            stop_on_error=args.on_error == 'stop',
            stop=stop,
            find=find,
            say=lambda line: print(f'detect: {line}', file=sys.stderr),
        )
    if report.lost:
        lines = listed(report.lost, SHOWN, '\n  ')
        print(f'detect: {len(report.lost)} images skipped:\n  {lines}', file=sys.stderr)
    if report.stopped:
        print(
            f'detect: stopped after {report.images} of {report.total} images: '
            f'{report.stopped}; the same command continues',
            file=sys.stderr,
        )
        return stop.exit_code or 1
    print(f'{args.out}: {report.boxes} boxes of category {category_id}')
    try:
        ap = box_ap(args.ann, args.out, category_id)
    except InputError as error:
        print(f'detect: no box AP: {error}', file=sys.stderr)
        return EXIT_SKIPPED if report.lost else 0
    if ap is not None:
        print(f'box AP {ap["AP"]:.3f}, AP50 {ap["AP50"]:.3f}, AR {ap["AR"]:.3f}')
    return EXIT_SKIPPED if report.lost else 0


def load_detector(args: argparse.Namespace) -> 'BoxDetector':
    """Load the detector that the options name."""
    from mmpose_addons.apis import BoxDetector
    from mmpose_addons.estimators.devices import torch_device

    return BoxDetector(
        args.config,
        args.checkpoint,
        torch_device(args.device),
        category=number_or_name(args.category),
        threshold=args.box_threshold,
        nms_threshold=args.nms_threshold,
    )


@contextmanager
def _cluster(args: argparse.Namespace) -> 'Iterator[FindBoxes | None]':
    """Give the block a function that finds boxes on a cluster; None without --ray."""
    if args.ray is None:
        yield None
        return
    from mmpose_addons_runtime.detect_batches import find_on_cluster
    from mmpose_addons_runtime.on_ray import joined_cluster

    with joined_cluster(cluster_of(args)) as on_cluster:
        yield partial(find_on_cluster, on_cluster, partial(load_detector, args), args.images)
