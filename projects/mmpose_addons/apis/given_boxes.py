"""Boxes of the annotations of a COCO file, for images whose people are known."""

from pathlib import Path

import numpy as np

from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.datasets.coco_values import are_numbers, shown

from .frames import InputError


def read_boxes(ann: Path) -> dict[int, np.ndarray]:
    """Read the boxes (N, 4), x1, y1, x2, y2 in image px, of the annotations by image id.

    Crowds are left out.

    Args:
        ann: COCO annotations.

    Raises:
        CocoFileError: It is no COCO file.
        InputError: A box is not four numbers with a positive size.
    """
    rows: dict[int, list] = {}
    for index, record in enumerate(read_records(ann, 'annotations', ['image_id', 'bbox'])):
        if record.get('iscrowd'):
            continue
        box = record['bbox']
        if not (isinstance(box, list) and len(box) == 4 and are_numbers(box)):
            problem = 'must be [x, y, width, height]'
        elif min(box[2:]) <= 0:
            problem = 'must have a positive width and height'
        else:
            x, y, width, height = box
            rows.setdefault(record['image_id'], []).append([x, y, x + width, y + height])
            continue
        raise InputError(
            f'{ann}: bbox of annotation {record.get("id", index)} {problem}, got {shown(box)}'
        )
    return {image: np.array(boxes, dtype=np.float32) for image, boxes in rows.items()}
