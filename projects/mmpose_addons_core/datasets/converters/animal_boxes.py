"""Boxes of COCO's animals, without keypoints, as unlabelled data of an adaptation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...message_texts import short
from ..coco_file import CocoFileError, read_json
from ..coco_layout import layout_problem
from ..coco_values import are_numbers, is_id
from .animal_pose import chosen_categories, of_categories
from .coco_json import ConversionError
from .used_records import check_annotation_ids, used_images

COCO_ANIMALS = (
    *('cat', 'dog', 'horse', 'sheep', 'cow'),
    *('bird', 'elephant', 'bear', 'zebra', 'giraffe'),
)
"""COCO's categories of animals; the first five are those of Animal-Pose."""
FOUR_LEGGED = tuple(name for name in COCO_ANIMALS if name != 'bird')


def animal_boxes(
    file: Path, species: Sequence[str] = FOUR_LEGGED, smallest: float = 32.0
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the boxes of some categories of a COCO ``instances`` file.

    Groups of animals (``iscrowd``) and small boxes are left out.

    Args:
        file: Such as ``instances_train2017.json``.
        species: Names of categories.
        smallest: Least side of a box, image px.

    Returns:
        The content of a COCO file for ``UnlabelledCocoDataset``, and how many annotations
        were left out, by reason (``'crowd'``, ``'small'``).

    Raises:
        ConversionError: The file is no COCO file, has no such category, a record makes no
            sense, or no box is left.
    """
    try:
        data = read_json(file)
    except CocoFileError as error:
        raise ConversionError(str(error)) from None
    if wrong := layout_problem(data, ('images', 'annotations', 'categories')):
        raise ConversionError(f'{file} is not a COCO file: {wrong}')
    kept = chosen_categories(file, data['categories'], species)
    left_out = dict(crowd=0, small=0)
    annotations = []
    for index, record in of_categories(file, data, kept):
        box = record.get('bbox')
        if not (isinstance(box, list) and len(box) == 4 and are_numbers(box)):
            raise ConversionError(
                f'{file}: annotations[{index}]: bbox must be [x, y, width, height], got '
                f'{short(box)}'
            )
        if not (is_id(record.get('id')) and is_id(record.get('image_id'))):
            raise ConversionError(
                f'{file}: annotations[{index}] must have an id and an image_id, got '
                f'{short(record)}'
            )
        reason = (
            'crowd' if record.get('iscrowd') else 'small' if min(box[2:]) < smallest else ''
        )
        if reason:
            left_out[reason] += 1
            continue
        names = 'id', 'image_id', 'category_id', 'bbox'
        annotations.append(
            {name: record[name] for name in names} | dict(area=box[2] * box[3], iscrowd=0)
        )
    if not annotations:
        raise ConversionError(
            f'{file} has no box of the categories {[*kept.values()]}, got {left_out}'
        )
    used = {annotation['image_id'] for annotation in annotations}
    images = used_images(file, data['images'], used)
    check_annotation_ids(file, annotations)
    categories = [dict(id=number, name=name) for number, name in kept.items()]
    content = dict(images=images, annotations=annotations, categories=categories)
    return content, left_out
