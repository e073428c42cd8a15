"""Read the labelled people of a COCO file for a comparison with results.

K is the number of keypoints. Coordinates are (x, y) in image px.
"""

from collections import defaultdict
from collections.abc import Mapping
from os import PathLike
from typing import Any, NamedTuple

from ..message_texts import short
from .coco_categories import (
    Category,
    CategoryError,
    choose_categories,
    keypoints_by_category,
    skeleton_links,
)
from .coco_file import CocoFileError, read_json
from .coco_layout import layout_problem
from .coco_values import are_numbers, is_category_id, is_file_name, is_id

BOX_FILL = 0.53
"""Part of the box that stands in for a missing area."""


class LabelledPeople(NamedTuple):
    """People with a visible keypoint, of the categories with keypoints.

    Attributes:
        people: annotations by image id; each has ``keypoints`` and ``area``.
        files: ``file_name`` of all images by id.
        names: K, of the keypoints.
        skeleton: pairs of keypoint indices, from 0.
    """

    people: dict[int, list[dict[str, Any]]]
    files: dict[int, str]
    names: list[str]
    skeleton: list[tuple[int, int]]


def read_labelled_people(
    file: str | PathLike, category: Category | None = None
) -> LabelledPeople:
    """Read the labelled people of a file; crowds are left out.

    Args:
        file: COCO keypoint annotations.
        category: id or name of the only category to take; by default all with keypoints.

    Raises:
        CocoFileError: the file or a record is not what it should be, there is no such person,
            or it is not clear which category is meant.
    """
    data = read_json(file)
    if wrong := layout_problem(data, ('images', 'annotations', 'categories')):
        raise CocoFileError(file, wrong)
    try:
        chosen = choose_categories(data, wanted=category)
    except CategoryError as error:
        raise CocoFileError(file, str(error)) from None
    count = keypoints_by_category(data)[chosen[0]].number
    files: dict[int, str] = {}
    for index, image in enumerate(data['images']):
        if not is_id(image.get('id')) or not is_file_name(image.get('file_name')):
            value = f'images[{index}] must have an id and a file_name, got {short(image)}'
            raise CocoFileError(file, value)
        if image['id'] in files:
            raise CocoFileError(
                file, f'images[{index}] has the id {image["id"]} of another one'
            )
        files[image['id']] = image['file_name']
    people: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for index, person in enumerate(data['annotations']):
        category_id = person.get('category_id')
        if not is_category_id(category_id) or category_id not in chosen:
            continue
        if wrong := _problem(person, files, count):
            raise CocoFileError(file, f'annotations[{index}] {wrong}')
        if any(person['keypoints'][2::3]) and not person.get('iscrowd'):
            people[person['image_id']].append({**person, 'area': _area(person)})
    if not people:
        raise CocoFileError(file, 'it has no person with keypoints')
    (about, *_) = [c for c in data['categories'] if c['id'] in chosen]
    names = about.get('keypoints') or []
    if len(names) != count:
        names = [f'keypoint {number}' for number in range(count)]
    return LabelledPeople(
        dict(people), files, names, skeleton_links(about.get('skeleton'), count)
    )


def _problem(person: Mapping, files: Mapping[int, str], count: int) -> str:
    """Describe the problem of an annotation; return an empty text without one."""
    keypoints, image_id = person.get('keypoints'), person.get('image_id')
    if not is_id(image_id) or image_id not in files:
        return f'must be of one of the images, got image_id {short(image_id)}'
    if not isinstance(keypoints, list) or not are_numbers(keypoints):
        return f'must have keypoints that are numbers, got {short(keypoints)}'
    if len(keypoints) not in (0, 3 * count):
        return f'must have {count} keypoints (x, y, visibility), got {len(keypoints)} numbers'
    area = _area(person)
    if any(keypoints[2::3]) and (area is None or area <= 0):
        return f'must have an area, or a box, larger than 0, got {short(person.get("area"))}'
    return ''


def _area(person: Mapping) -> float | None:
    """Return the area, px^2, or what stands in for it; None where neither is usable."""
    area, box = person.get('area'), person.get('bbox')
    if area is not None:
        return area if are_numbers([area]) else None
    if isinstance(box, list) and len(box) == 4 and are_numbers(box):
        return BOX_FILL * box[2] * box[3]
    return None
