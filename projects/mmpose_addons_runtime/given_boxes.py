"""Boxes of the annotations of a COCO file, for images whose people are known."""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmpose_addons_core.datasets.coco_boxes import corners_problem
from mmpose_addons_core.datasets.coco_categories import Category
from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.datasets.coco_records import annotation_problems
from mmpose_addons_core.datasets.coco_report import SKIPPED
from mmpose_addons_core.datasets.coco_values import are_numbers, is_category_id, is_id
from mmpose_addons_core.message_texts import short

from .frames import InputError

Size = tuple[float, float]
"""Width and height, image px."""


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


def read_boxes(ann: Path) -> tuple[dict[int, AnnotatedBoxes], dict[str, int]]:
    """Read the boxes of the annotations by image id.

    Crowds, boxes outside their image and annotations of unknown images are left out.

    Args:
        ann: COCO annotations; images need no size.

    Returns:
        Boxes, and the numbers of annotations that are left out, by reason.

    Raises:
        CocoFileError: It is no COCO file.
        InputError: A box is not four numbers with a positive size, an id cannot be one or is
            used twice, or the boxes are corners.
    """
    sizes: dict[int, Size | None] = {
        image['id']: _size(image) for image in read_records(ann, 'images', ['id'])
    }
    rows: dict[int, list] = {}
    left_out: Counter[str] = Counter()
    boxes: list[tuple[list, Size]] = []
    first: dict[Any, int] = {}
    for index, record in enumerate(read_records(ann, 'annotations', ['image_id', 'bbox'])):
        where = f'{ann}: annotation {short(record.get("id", index))}'
        if problem := _problem(record):
            raise InputError(f'{where}: {problem}')
        if record.get('id') is not None and first.setdefault(record['id'], index) != index:
            raise InputError(f'{where}: annotations[{first[record["id"]]}] has the same id')
        size, box = sizes.get(record['image_id']), record['bbox']
        found = list(annotation_problems(record, size, None, evaluation=False, boxes_only=True))
        for kind, severity, value in found:
            if severity == 'error' or kind == 'box_size':
                raise InputError(f'{where}: {value}')
        skipped = [kind for kind, _, _ in found if kind in SKIPPED]
        if record['image_id'] not in sizes:
            skipped = ['unknown_image']
        elif size and not skipped:
            boxes.append((box, size))
        if skipped:
            left_out[SKIPPED[skipped[0]]] += 1
            continue
        x, y, width, height = box
        row = [x, y, x + width, y + height], record.get('category_id', 1)
        rows.setdefault(record['image_id'], []).append(row)
    if wrong := corners_problem(boxes):
        raise InputError(f'{ann}: annotations: {wrong}')
    return {
        image: AnnotatedBoxes(
            np.array([box for box, _ in found], np.float32), [key for _, key in found]
        )
        for image, found in rows.items()
    }, dict(left_out)


def _size(image: dict[str, Any]) -> Size | None:
    """Return an image's width and height; None where the record has none."""
    width: Any = image.get('width')
    height: Any = image.get('height')
    return (width, height) if are_numbers([width, height]) else None


def _problem(record: dict[str, Any]) -> str:
    """Describe what is wrong with the ids of an annotation; empty without a problem."""
    number, image, category = (record.get(key) for key in ('id', 'image_id', 'category_id'))
    if number is not None and not is_id(number):
        return f'id must be a whole number, got {short(number)}'
    if not is_id(image):
        return f'image_id must be a whole number, got {short(image)}'
    if 'category_id' in record and not is_category_id(category):
        return f'category_id must be a whole number or a text, got {short(category)}'
    return ''
