"""Join pseudo-labels with labels of the same images that training never saw.

Shape letters: N samples, K keypoints. Coordinates are (x, y), boxes (x, y, width, height), all
in image px.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.coco_categories import keypoint_difference
from ..datasets.coco_file import CocoFileError, read_json, read_records
from ..datasets.coco_layout import layout_problem
from ..datasets.coco_values import are_numbers, is_id
from ..datasets.path_tails import PathTails
from ..message_texts import printable, short
from .pseudo_labels import PseudoLabelError, PseudoLabels

OVERLAP = 0.5
"""Least part of the smaller of two boxes of one animal that lies in the other one; the box of a
label may be the whole image."""


HiddenLabels = tuple[np.ndarray, np.ndarray]
"""The target set's own labels (N, K, 2), image px, and whether they are given (N, K)."""


def hidden_labels(file: Path, labels: PseudoLabels) -> HiddenLabels:
    """Read labels (N, K, 2) and whether they are given (N, K) from COCO annotations.

    A sample's annotation is of an image with the sample's file name, has the sample's id if the
    image has such an annotation, and a box that overlaps the sample's. Samples whose image is
    not in the file, or has no annotation there, have no labels.

    Raises:
        PseudoLabelError: The file is no COCO keypoint file, has the keypoints in another order,
            has no image of the samples, or has their images with other boxes or sizes.
    """
    try:
        data = read_json(file)
    except CocoFileError as error:
        raise PseudoLabelError(str(error)) from None
    if wrong := layout_problem(data, ('images', 'annotations')):
        raise PseudoLabelError(f'{file} is not a COCO file: {wrong}')
    _check_order(file, data, labels.names.tolist())
    images = _images(file, data)
    tails = PathTails(images)
    by_image = _annotations(file, data, {*images.values()}, len(labels.names))
    sizes = {image['id']: (image.get('width'), image.get('height')) for image in data['images']}
    found = np.zeros((len(labels.sample_id), len(labels.names), 3))
    matched, misfits = 0, []
    owners: dict[int, int] = {}
    for index, name in enumerate(labels.file_name.tolist()):
        tail = tails.longest(name)
        if tail is None or not by_image[images[tail]]:
            continue
        image_id, box = images[tail], labels.bbox[index]
        chosen = _chosen(by_image[image_id], int(labels.sample_id[index]), box)
        if chosen is None or not _inside(box, sizes[image_id]):
            misfits.append(index)
            continue
        owner = owners.setdefault(chosen['id'], index)
        if owner != index:
            raise PseudoLabelError(
                f'{file}: annotation {chosen["id"]} fits the samples '
                f'{labels.sample_id[owner]} and {labels.sample_id[index]} of {printable(name)}'
            )
        matched += 1
        found[index] = np.reshape(chosen['keypoints'] or [0] * found[0].size, (-1, 3))
    if misfits:
        raise PseudoLabelError(_misfit_text(file, labels, misfits))
    if not found[..., 2].any():
        raise PseudoLabelError(
            f'{file} has no labels for the samples of these pseudo-labels: {matched} of '
            f'{len(found)} images are in it, the first sample is '
            f'{printable(str(labels.file_name[0]))}'
        )
    return found[..., :2], found[..., 2] > 0


def labelled_images(file: Path) -> int:
    """Count the images of a COCO file that have a labelled keypoint.

    Raises:
        CocoFileError: It cannot be read.
    """
    records = read_records(file, 'annotations', ['image_id'])
    labels = ((r['image_id'], (r.get('keypoints') or [])[2::3]) for r in records)
    return len({image for image, flags in labels if any(flag > 0 for flag in flags)})


def _check_order(file: Path, data: dict, names: Sequence[str]) -> None:
    """Refuse the same names of keypoints in another order.

    Other names are accepted: some data sets of MMPose have names of their own.
    """
    used = [ann.get('category_id') for ann in data['annotations'] if ann.get('keypoints')]
    for category in data.get('categories', []):
        if category.get('id') not in used:
            continue
        found = category.get('keypoints')
        if isinstance(found, list) and found != names and {*map(str, found)} == {*names}:
            difference = keypoint_difference(found, names)
            raise PseudoLabelError(f'{file}: keypoints have another order; {difference}')


def _images(file: Path, data: dict) -> dict[str, int]:
    """Return image ids by file name."""
    ids: dict[str, int] = {}
    for index, image in enumerate(data['images']):
        name, image_id = image.get('file_name'), image.get('id')
        if not isinstance(name, str) or not is_id(image_id):
            value = f'images[{index}] must have an id and a file_name, got {short(image)}'
            raise PseudoLabelError(f'{file}: {value}')
        if ids.setdefault(name, image_id) != image_id:
            value = f'images[{index}]: {short(name)} has the ids {ids[name]} and {image_id}'
            raise PseudoLabelError(f'{file}: {value}')
    if len({*ids.values()}) < len(ids):
        raise PseudoLabelError(f'{file}: several images have the same id')
    return ids


def _annotations(
    file: Path, data: dict, images: set[int], num_keypoints: int
) -> defaultdict[int, list[dict[str, Any]]]:
    """Return annotations with keypoints and a box by image id."""
    by_image: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for index, ann in enumerate(data['annotations']):
        where = f'{file}: annotations[{index}]'
        if 'keypoints' not in ann:
            continue
        if not is_id(ann.get('id')) or not is_id(ann.get('image_id')):
            value = f'must have an id and an image_id, got {short(ann)}'
            raise PseudoLabelError(f'{where} {value}')
        if ann['image_id'] not in images:
            raise PseudoLabelError(f'{where}: no image has the id {ann["image_id"]}')
        points, box = ann['keypoints'], ann.get('bbox')
        if not isinstance(points, list) or not are_numbers(points):
            raise PseudoLabelError(f'{where} has malformed keypoints: got {short(points)}')
        if len(points) not in (0, 3 * num_keypoints):
            raise PseudoLabelError(
                f'{where} must have {num_keypoints} keypoints, as the labels have, got '
                f'{len(points)} numbers'
            )
        if not isinstance(box, list) or len(box) != 4 or not are_numbers(box):
            value = f'bbox must be [x, y, width, height], got {short(box)}'
            raise PseudoLabelError(f'{where}: {value}')
        by_image[ann['image_id']].append(ann)
    return by_image


def _chosen(
    annotations: Sequence[dict[str, Any]], sample_id: int, box: np.ndarray
) -> dict[str, Any] | None:
    """Choose the annotation of a sample: by its id, else the one whose box fits best."""
    same = [ann for ann in annotations if ann['id'] == sample_id]
    fitting = [ann for ann in same or annotations if _overlap(ann['bbox'], box)[0] >= OVERLAP]
    return max(fitting, key=lambda ann: _overlap(ann['bbox'], box)[1], default=None)


def _overlap(one: Sequence[float], other: np.ndarray) -> tuple[float, float]:
    """Return the intersection of two boxes as part of the smaller one, and of their union."""
    first, second = np.asarray(one, float), np.asarray(other, float)
    low = np.maximum(first[:2], second[:2])
    high = np.minimum(first[:2] + first[2:], second[:2] + second[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    areas = float(np.prod(first[2:])), float(np.prod(second[2:]))
    if min(areas) <= 0:
        return 0.0, 0.0
    return common / min(areas), common / (sum(areas) - common)


def _inside(box: np.ndarray, size: tuple[Any, Any]) -> bool:
    """Return whether a label's box lies in the image that the annotations describe."""
    if not are_numbers(size):  # the file may lack sizes
        return True
    return bool((box[:2] + box[2:] <= np.array(size) + 1).all())


def _misfit_text(file: Path, labels: PseudoLabels, misfits: Sequence[int]) -> str:
    index = misfits[0]
    box = [round(float(value), 1) for value in labels.bbox[index]]
    return (
        f'{file}: {len(misfits)} of {len(labels.sample_id)} samples do not fit the annotations '
        f'of their images, expected annotations with the same ids and overlapping boxes; '
        f'first: sample {labels.sample_id[index]}, {printable(str(labels.file_name[index]))}, '
        f'box {box}'
    )
