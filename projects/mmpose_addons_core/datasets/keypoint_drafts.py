"""Read keypoints that a person will correct, such as pseudo-labels.

K is the number of keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

from ..message_texts import listed, short
from .coco_categories import category_name, keypoint_difference
from .coco_file import CocoFileError, read_json
from .coco_images import named_images
from .coco_layout import layout_problem
from .coco_records import keypoint_format, wrong_visibility
from .coco_report import DatasetError
from .coco_values import is_id
from .path_tails import PathTails


class Drafts(NamedTuple):
    """Keypoints to start from.

    Attributes:
        keypoints: K times x, y, visibility, by ``file_name`` of the images to label.
        left_out: Other drafts of the same images, of which the last one is used.
        first: ``file_name`` of the first image with several drafts; empty without one.
    """

    keypoints: dict[str, list[float]]
    left_out: int = 0
    first: str = ''


def read_drafts(
    file: str | PathLike, names: Sequence[str], images: Sequence[Mapping[str, Any]]
) -> Drafts:
    """Return the drafts for images from a COCO file. Those of other images are left out.

    Args:
        file: COCO keypoint annotations.
        names: K, of the keypoints.
        images: COCO images to label, with ``file_name``, ``width`` and ``height``. Their names
            are the ends of those in the file.

    Raises:
        CocoFileError: A record is not usable, or a name fits two images of the file.
        DatasetError: Keypoints have other names.
    """
    data = read_json(file)
    if problem := layout_problem(data, ('images', 'annotations')):
        raise CocoFileError(file, problem)
    for category in data.get('categories', []):
        _check_names(file, data['categories'], category, names)
    known = named_images(file, data['images'])
    tails = PathTails([image['file_name'] for image in images])
    sizes = {image['file_name']: (image['width'], image['height']) for image in images}
    keypoints: dict[str, list[float]] = {}
    origins: dict[str, int] = {}
    left_out, first = 0, ''
    for index, record in enumerate(data['annotations']):
        image_id, points = record.get('image_id'), record.get('keypoints')
        where = f'annotations[{index}]'
        if not is_id(image_id):
            value = f'{where}: image_id must be a whole number, got {short(image_id)}'
            raise CocoFileError(file, value)
        image = known.get(image_id)
        where += f' of {image}' if image else ''
        for _, _, value in keypoint_format(points, len(names)):
            raise CocoFileError(file, f'{where}: {value}')
        if wrong := wrong_visibility(points[2::3]):
            raise CocoFileError(file, f'{where}: {wrong}')
        name = tails.longest(image.file_name) if image else None
        if image is None or name is None:
            continue
        if wrong := _far_outside(points, *sizes[name]):
            raise CocoFileError(file, f'{where}: {wrong}')
        if origins.setdefault(name, image.id) != image.id:
            value = f'{where}: {known[origins[name]]} also has the name of {name!r}'
            raise CocoFileError(file, value)
        if name in keypoints:
            left_out, first = left_out + 1, first or name
        keypoints[name] = points
    return Drafts(keypoints, left_out, first)


def _check_names(
    file: str | PathLike,
    categories: Sequence[Mapping[str, Any]],
    category: Mapping[str, Any],
    names: Sequence[str],
) -> None:
    found = category.get('keypoints') or []
    if found and (difference := keypoint_difference(found, names)):
        where = category_name(categories, category['id'])
        raise DatasetError(
            f'{file}: {where}: expected the {len(names)} keypoints to label, got {len(found)}; '
            f'{difference}'
        )


def _far_outside(points: Sequence[float], width: float, height: float) -> str:
    """Name keypoints farther outside an image than its longer side; empty without one.

    The network's crop of a box in the image does not reach farther.
    """
    reach = max(width, height)
    far = [
        f'keypoint {index} at ({x}, {y})'
        for index, (x, y) in enumerate(zip(points[0::3], points[1::3], strict=True))
        if not (-reach <= x <= width + reach and -reach <= y <= height + reach)
    ]
    return f'{listed(far)}, far outside the {width} x {height} image' if far else ''
