"""Compute keypoint AP with true boxes and with detected boxes, as papers report both.

Poses are ranked by box score x mean keypoint score and filtered by OKS-NMS, as MMPose's
CocoMetric does. In the row "on truth", each detected box is moved to the true box that it
overlaps. The remaining loss is missed people and false positives; the difference to the row
above is badly localised boxes.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from .argument_types import whole_number
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons two-stage',
        description=__doc__,
        epilog='example: mmpose-addons two-stage --pose lpn.py lpn.pth --ann '
        'person_keypoints_val2017.json --images val2017 --boxes boxes.json',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        '--pose', nargs='+', required=True, help='config and checkpoint, or one ONNX file'
    )
    parser.add_argument('--ann', type=Path, required=True, help='COCO keypoint annotations')
    parser.add_argument('--images', type=Path, required=True, help='folder of the images')
    parser.add_argument(
        '--boxes', type=Path, nargs='*', default=[], help='files of detect_persons.py'
    )
    parser.add_argument(
        '--oks-nms', type=float, default=0.9, help='OKS of OKS-NMS (%(default)s)'
    )
    parser.add_argument(
        '--category',
        metavar='ID',
        help="id or name of the annotations' category (default: all with as many keypoints as "
        'the network)',
    )
    parser.add_argument(
        '--batch-size', type=whole_number, help='crops (default: 32, on a CPU 4)'
    )
    parser.add_argument('--device', help='cpu, cuda, ... (default: cuda where there is one)')
    return parser.parse_args(argv)


@in_one_line('two-stage')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # these imports are slow, so --help does not wait for them
    from rich.console import Console
    from rich.table import Table

    from mmpose_addons.apis import PosePipeline
    from mmpose_addons.apis.coco_index import coco_index
    from mmpose_addons.apis.detect_file import box_ap
    from mmpose_addons.apis.two_stage import (
        align_to_true_boxes,
        boxes_by_image,
        keypoint_ap,
        people_of,
        true_boxes,
    )
    from mmpose_addons_core.datasets.coco_check import DatasetError, check_coco_keypoints
    from mmpose_addons_core.datasets.coco_file import read_json

    pose = args.pose[0] if len(args.pose) == 1 else tuple(args.pose[:2])
    table = Table('boxes', 'box AP', 'keypoint AP', 'AP50', 'AR')
    pipeline = PosePipeline(
        pose, device=args.device, batch_size=args.batch_size, oks_nms=args.oks_nms
    )
    checks = dict(
        num_keypoints=len(pipeline.metadata.names), category=args.category, evaluation=True
    )
    report = check_coco_keypoints(args.ann, args.images, progress=True, **checks)
    report.raise_for_errors(more=['--images', str(args.images), '--evaluation'])
    detections = {}
    for file in args.boxes:
        checked = check_coco_keypoints(args.ann, bbox_file=file, progress=True, **checks)
        try:
            checked.raise_for_errors(more=['--boxes', str(file), '--evaluation'])
        except DatasetError as error:
            raise DatasetError(f'{file} is not a file of boxes: {error}') from None
        detections[file] = checked.detections
    truth = people_of(
        coco_index(read_json(args.ann)), len(pipeline.metadata.names), args.category
    )
    true = true_boxes(truth)
    rows = [('truth', '', true)]
    for file, found in detections.items():
        boxes = boxes_by_image(found)
        scores = box_ap(truth.dataset, [dict(detection, category_id=1) for detection in found])
        rows += [
            (file.name, f'{scores["AP"]:.3f}' if scores else '', boxes),
            (f'{file.name} on truth', '', align_to_true_boxes(boxes, true)),
        ]
        without = len(true) - len(boxes)
        if without:
            print(f'{file}: {without} of {len(true)} images have no box')
    for name, ap, boxes in rows:
        measured = keypoint_ap(pipeline, truth, args.images, boxes)
        numbers = (f'{measured[key]:.3f}' for key in ('AP', 'AP50', 'AR'))
        table.add_row(name, ap, *numbers)
    Console().print(table)
    return 0
