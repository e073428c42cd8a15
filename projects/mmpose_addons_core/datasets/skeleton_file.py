"""A COCO file of images whose keypoints a person will set, for CVAT and other tools."""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from ..message_texts import short
from .coco_categories import choose_categories
from .coco_file import CocoFileError, read_json
from .coco_layout import layout_problem
from .coco_values import is_id


def keypoint_category(file: Path) -> dict[str, Any]:
    """Read the category with names of keypoints and a skeleton from a COCO file.

    Raises:
        CocoFileError: If there is none, or several differ.
    """
    data = read_json(file)
    if problem := layout_problem(data, ('categories',)):
        raise CocoFileError(file, problem)
    try:
        chosen = choose_categories(data, advice='expected a file with one')
    except ValueError as error:
        raise CocoFileError(file, str(error)) from None
    for category in data['categories']:
        if category['id'] in chosen and category.get('keypoints'):
            return dict(category, id=1, skeleton=category.get('skeleton') or [])
    raise CocoFileError(file, 'expected a category with names of keypoints, got none')


def category_to_label(file: Path) -> tuple[dict[str, Any], bool]:
    """Read a category as labelling tools need it, with a skeleton that counts from 1.

    Returns:
        The category, and whether the skeleton of the file counts from 0.

    Raises:
        CocoFileError: If there is none, several differ, a name repeats, or an edge of the
            skeleton is no pair of keypoints.
    """
    category = keypoint_category(file)
    names = category['keypoints']
    for place, name in enumerate(names):
        if (first := names.index(name)) != place:
            value = f'expected names that differ, got {name!r} as keypoints {first} and {place}'
            raise CocoFileError(file, value)
    edges = category['skeleton']
    if not isinstance(edges, list):
        raise CocoFileError(file, f'skeleton must be a list of pairs, got {short(edges)}')
    from_zero = any(isinstance(edge, list) and 0 in edge for edge in edges)
    low, high = (0, len(names) - 1) if from_zero else (1, len(names))
    for place, edge in enumerate(edges):
        if not (
            isinstance(edge, list)
            and len(edge) == 2
            and all(is_id(end) and low <= end <= high for end in edge)
        ):
            value = f'skeleton[{place}] must be two numbers from {low} to {high}'
            why = ', as the skeleton counts from 0' if from_zero else ''
            raise CocoFileError(file, f'{value}{why}, got {short(edge)}')
    if from_zero:
        edges = [[end + 1 for end in edge] for edge in edges]
    return dict(category, skeleton=edges), from_zero


def skeleton_file(
    images: Sequence[Mapping[str, Any]],
    annotations: Mapping[Any, Mapping[str, Any]],
    category: Mapping[str, Any],
    drafts: Mapping[str, list[float]] | None = None,
) -> dict[str, Any]:
    """Return a COCO keypoint file with one animal per image.

    Args:
        images: COCO images, in the wanted order.
        annotations: By image id, an annotation with ``id`` and ``bbox``; other images get their
            whole size as the box.
        category: With names of keypoints and a skeleton.
        drafts: Keypoints to start from, by ``file_name``. Without one, the keypoints are spread
            over the box and marked as not visible, so that a labelling tool shows them.
    """
    given = drafts or {}
    taken = {annotation['id'] for annotation in annotations.values()}
    free = (number for number in count(1) if number not in taken)
    result = []
    for image in images:
        annotation = annotations.get(image['id'], {})
        box = annotation.get('bbox') or [0, 0, image['width'], image['height']]
        keypoints = given.get(image['file_name']) or _spread(box, len(category['keypoints']))
        visible = sum(flag > 0 for flag in keypoints[2::3])
        result.append(
            dict(
                id=annotation['id'] if annotation else next(free),
                image_id=image['id'],
                category_id=1,
                bbox=box,
                area=round(box[2] * box[3], 2),
                iscrowd=0,
                num_keypoints=visible,
                keypoints=keypoints,
            )
        )
    return dict(images=[*map(dict, images)], annotations=result, categories=[dict(category)])


def _spread(box: Sequence[float], joints: int) -> list[float]:
    """Place keypoints in rows of six in a box, not visible."""
    x, y, width, height = box
    rows = -(-joints // 6)
    values: list[float] = []
    for number in range(joints):
        row, column = divmod(number, 6)
        values += [
            round(x + width * (column + 0.5) / 6, 1),
            round(y + height * (row + 0.5) / rows, 1),
            0,
        ]
    return values
