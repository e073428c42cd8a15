"""Read keypoints that a person will correct, such as pseudo-labels.

K is the number of keypoints.
"""

from os import PathLike
from typing import Any

from .coco_file import CocoFileError, read_records
from .coco_values import are_numbers, is_file_name, is_id, shown


def read_drafts(file: str | PathLike, count: int) -> list[dict[str, Any]]:
    """Return the annotations of a COCO file, each with ``file_name`` and ``keypoints``.

    Those of unknown images are left out.

    Args:
        file: COCO keypoint annotations.
        count: K.

    Raises:
        CocoFileError: A record is not usable.
    """
    names: dict[int, str] = {}
    for index, image in enumerate(read_records(file, 'images', ['id', 'file_name'])):
        if not is_id(image['id']) or not is_file_name(image['file_name']):
            value = f'images[{index}] must have an id and a file_name, got {shown(image)}'
            raise CocoFileError(file, value)
        names[image['id']] = image['file_name']
    drafts = []
    records = read_records(file, 'annotations', ['image_id', 'keypoints'])
    for index, record in enumerate(records):
        where, points = f'annotations[{index}]', record['keypoints']
        if not is_id(record['image_id']):
            value = f'{where}: image_id must be a whole number, got {shown(record["image_id"])}'
            raise CocoFileError(file, value)
        if not (isinstance(points, list) and are_numbers(points) and len(points) == 3 * count):
            value = f'{where}: keypoints must be {3 * count} numbers, got {shown(points)}'
            raise CocoFileError(file, value)
        if record['image_id'] in names:
            drafts.append(dict(file_name=names[record['image_id']], keypoints=points))
    return drafts
