"""Boxes of the annotations of a COCO file, for images whose people are known."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmpose_addons_core.datasets.coco_categories import Category
from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.datasets.coco_values import are_numbers, is_category_id, is_id, shown

from .frames import InputError


class AnnotatedBoxes(NamedTuple):
    """Boxes of an image, and the ids of their categories.

    Attributes:
        boxes: (N, 4), x1, y1, x2, y2 in image px.
        categories: N ids; 1 where the annotation has none.
    """

    boxes: np.ndarray
    categories: list[Category]

    def of(self, chosen: list[Category]) -> 'AnnotatedBoxes':
        """Return the boxes of some categories."""
        kept = [index for index, key in enumerate(self.categories) if key in chosen]
        return AnnotatedBoxes(self.boxes[kept], [self.categories[index] for index in kept])


NO_BOXES = AnnotatedBoxes(np.zeros((0, 4), np.float32), [])


def read_boxes(ann: Path) -> dict[int, AnnotatedBoxes]:
    """Read the boxes of the annotations by image id. Crowds are left out.

    Args:
        ann: COCO annotations.

    Raises:
        CocoFileError: It is no COCO file.
        InputError: A box is not four numbers with a positive size, or an image's or category's
            id cannot be one.
    """
    rows: dict[int, list] = {}
    for index, record in enumerate(read_records(ann, 'annotations', ['image_id', 'bbox'])):
        if record.get('iscrowd'):
            continue
        if problem := _problem(record):
            raise InputError(f'{ann}: annotation {shown(record.get("id", index))}: {problem}')
        x, y, width, height = record['bbox']
        box = [x, y, x + width, y + height], record.get('category_id', 1)
        rows.setdefault(record['image_id'], []).append(box)
    return {
        image: AnnotatedBoxes(
            np.array([box for box, _ in found], np.float32), [key for _, key in found]
        )
        for image, found in rows.items()
    }


def _problem(record: dict[str, Any]) -> str:
    """Describe what is wrong with an annotation; empty without a problem."""
    image, category, box = record['image_id'], record.get('category_id', 1), record['bbox']
    if not is_id(image):
        return f'image_id must be a whole number, got {shown(image)}'
    if not is_category_id(category):
        return f'category_id must be a whole number or a text, got {shown(category)}'
    if not (isinstance(box, list) and len(box) == 4 and are_numbers(box)):
        return f'bbox must be [x, y, width, height], got {shown(box)}'
    if min(box[2:]) <= 0:
        return f'bbox must have a positive width and height, got {shown(box)}'
    return ''
