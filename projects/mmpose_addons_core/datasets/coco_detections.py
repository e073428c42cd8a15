"""Check detected boxes, MMPose's ``bbox_file``: a list of image_id, category_id, bbox, score.

Boxes are (x, y, width, height) in image px.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from os import PathLike, fspath
from typing import Any

from ..message_texts import listed, short
from .coco_boxes import corners_problem
from .coco_categories import PERSON, Category, category_name
from .coco_images import Images, image_name
from .coco_layout import UNREAD, load_json
from .coco_records import RecordProblem
from .coco_report import SKIPPED, CocoReport
from .coco_values import are_numbers, is_category_id, is_id, is_nested_too_deep


def check_detections(
    path: str | PathLike,
    images: Images,
    categories: Sequence[Mapping],
    chosen: Collection[Category],
    report: CocoReport,
) -> list[dict[str, Any]]:
    """Check a detector's boxes against the images of an annotation file.

    Boxes of other categories than ``chosen`` are left out. If the file has only boxes of
    category 1, which the annotations do not know, they count as those of ``chosen``.

    Args:
        images: see ``check_image_records``.
        categories: those of the annotation file.
        chosen: ids of the categories with keypoints, see ``choose_categories``.
        report: gets the problems; its counts are those of the detections afterwards.

    Returns:
        The usable detections, each with a box of four numbers.
    """
    path = fspath(path)
    detections = load_json(path, report)
    if detections is UNREAD:
        return []
    if not isinstance(detections, list):
        value = f'must be a list of detections, got a {type(detections).__name__}'
        report.add('layout', 'error', path, value)
        return []
    report.records = 0
    report.skipped = {}  # the annotated boxes are not used
    found: Counter[Category] = Counter()
    complete = []
    for index, detection in enumerate(detections):
        record = detection if isinstance(detection, dict) else {}
        category_id = record.get('category_id')
        if is_category_id(category_id) and not is_nested_too_deep(record):
            found[category_id] += 1
            complete.append((index, record))
        else:
            value = f'must be a dictionary with category_id, got {short(detection)}'
            report.add('detection_record', 'error', f'{path}: detection {index}', value)
    taken = _taken_categories(found, categories, chosen)
    usable, boxes = [], []
    for index, detection in complete:
        if detection['category_id'] not in taken:
            continue
        report.records += 1
        image_id = detection.get('image_id')
        name = f'{path}: detection {index} {image_name(image_id, images)}'
        good = is_id(image_id) and image_id in images
        if not good:
            value = f'image_id {short(image_id)} is not among the images of {report.ann_file}'
            report.add('detection_record', 'error', name, value)
        for kind, severity, value in detection_problems(detection):
            report.add(kind, severity, name, value)
            good = False
            if kind in SKIPPED:
                report.skipped[index] = kind
        if good:
            detection = dict(detection, bbox=detection['bbox'][:4])
            usable.append(detection)
            if (image := images[detection['image_id']]) is not None:
                boxes.append((detection['bbox'], (image.width, image.height)))
    if wrong := corners_problem(boxes):
        report.add('box_corners', 'error', path, wrong)
    if not (usable or report.errors):
        names = [category_name(categories, key) for key in chosen] or ['category 1']
        value = f'none of {len(detections)} detections is a usable box of {listed(names, 8)}'
        if found:
            value += f', which has the keypoints; got boxes of category {listed(found, 8)}'
        report.add('no_annotations', 'error', path, value)
    return usable


def _taken_categories(
    found: Collection[Category], categories: Sequence[Mapping], chosen: Collection[Category]
) -> Collection[Category]:
    """Return the detections' categories that mean ``chosen``; none if that cannot be known."""
    taken = [key for key in chosen if key in found]
    known = [category['id'] for category in categories]
    if not taken and {*found} == {PERSON} and PERSON not in known:
        return [PERSON]
    return taken


def detection_problems(detection: Mapping) -> Iterator[RecordProblem]:
    """Return problems with the values of a detection that is used as a person's box.

    A box may have its score as a fifth number, as MMDetection writes them.
    """
    box: Any = detection.get('bbox')
    score = detection.get('score')
    whole = isinstance(box, list) and (len(box) == 4 or (len(box) == 5 and box[4] == score))
    if not whole or not are_numbers(box[:4]):
        value = f'bbox must be [x, y, width, height], got {short(box)}'
        yield 'detection_record', 'error', value
    elif box[2] <= 0 or box[3] <= 0:
        yield 'detection_box_size', 'warning', f'bbox {box[:4]} is {box[2]} x {box[3]} px'
    if not are_numbers([score]):
        yield 'detection_record', 'error', f'score must be a number, got {short(score)}'
