"""Check a COCO keypoint annotation file.

An error is what makes MMPose crash, or train or evaluate wrongly without a message. A warning
is what MMPose leaves out or handles as its users expect: crowds, people without a visible
keypoint, boxes of zero size or wholly outside the image, keypoints outside the image.

K is the number of keypoints of a category.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from os import PathLike, fspath
from statistics import median
from typing import Any

from .coco_layout import layout_problem, load_json
from .coco_records import (
    RecordProblem,
    annotation_problems,
    are_numbers,
    detection_problems,
    is_count,
)
from .coco_report import SKIPPED, CocoReport, DatasetError, Problem, listed
from .image_files import MODES, ImageRecord, check_image_files

__all__ = ['CocoReport', 'DatasetError', 'Problem', 'check_coco_keypoints']

Images = Mapping[int, ImageRecord | None]  # by id; None where the record is incomplete


def check_coco_keypoints(
    ann_file: str | PathLike,
    image_dir: str | PathLike | None = None,
    images: str | None = 'header',
    *,
    num_keypoints: int | None = None,
    evaluation: bool = False,
    bbox_file: str | PathLike | None = None,
    unlabelled: bool = False,
    used_images_only: bool = False,
    tolerate: Collection[str] = (),
    workers: int = 8,
    progress: bool = False,
) -> CocoReport:
    """Check an annotation file and, with ``image_dir``, its images.

    Args:
        image_dir: folder that the images' ``file_name`` are relative to.
        images: None, or how thoroughly to check image files, see ``check_image_files``.
        num_keypoints: K that the annotations must have. By default it is the category's.
        evaluation: the annotations are ground truth for CocoMetric, which needs bbox,
            keypoints and area in every annotation; people without a visible keypoint are
            left out only where MMPose itself does it.
        bbox_file: detected boxes that are used in place of the annotated ones.
        unlabelled: no annotation is needed, as with ``bbox_file``.
        used_images_only: do not check images without a usable annotation (or detection).
        tolerate: kinds of ``TOLERABLE`` whose errors count as warnings.
        workers: number of threads that check images.
        progress: show a bar with the remaining time while checking images.

    Raises:
        ValueError: unknown ``images`` or ``tolerate``, ``num_keypoints`` below 1. Problems
            of the files do not raise; they are in the report.
    """
    if images is not None and images not in MODES:
        raise ValueError(f'images must be None or one of {MODES}, got {images!r}')
    if num_keypoints is not None and num_keypoints < 1:
        raise ValueError(f'num_keypoints must be at least 1, got {num_keypoints}')
    report = CocoReport(fspath(ann_file), frozenset(tolerate))
    data = load_json(report.ann_file, report)
    if data is None:
        return report
    unlabelled = unlabelled or bbox_file is not None
    if wrong := layout_problem(data, evaluation, unlabelled):
        report.add('layout', 'error', report.ann_file, wrong)
        return report

    records = _check_images(data['images'], report)
    used = _check_annotations(data, records, num_keypoints, evaluation, report)
    if not (used or unlabelled or report.errors):
        value = f'none of {report.records} annotations is usable'
        report.add('no_annotations', 'error', report.ann_file, value)
    if bbox_file is not None:
        used = _check_detections(fspath(bbox_file), records, report)
    if image_dir is not None and images:
        checked = [
            image
            for image in records.values()
            if image and (not used_images_only or image.id in used)
        ]
        for problem in check_image_files(checked, fspath(image_dir), images, workers, progress):
            report.add(problem.kind, 'error', str(problem.image), problem.value)
    return report


def _check_images(images: Sequence[Mapping], report: CocoReport) -> Images:
    records: dict[int, ImageRecord | None] = {}
    image_id: Any
    report.summary['images'] = len(images)
    if not images:
        report.add('no_images', 'error', report.ann_file, "'images' is empty")
    for index, image in enumerate(images):
        image_id, name = image.get('id'), image.get('file_name')
        size: Any = (image.get('width'), image.get('height'))
        kind, value = 'image_record', ''
        if not is_count(image_id):
            value = f'id must be a whole number, got {image_id!r}'
        elif image_id in records:
            kind = 'duplicate_image_id'
            value = f'id {image_id} is also that of {records[image_id]}'
        elif not isinstance(name, str) or not name:
            value = f'file_name must be a text, got {name!r}'
        elif not are_numbers(size) or min(size) <= 0:
            value = f'width and height must be positive, got {size[0]!r} x {size[1]!r}'
        if not value:
            records[image_id] = ImageRecord(image_id, str(name), *size)
            continue
        report.add(kind, 'error', f'images[{index}] (image {image_id!r}, {name!r})', value)
        if is_count(image_id):
            records.setdefault(image_id, None)
    return records


def _check_annotations(
    data: Mapping,
    images: Images,
    num_keypoints: int | None,
    evaluation: bool,
    report: CocoReport,
) -> set[int]:
    """The ids of the images that have a usable annotation."""
    annotations = data.get('annotations', [])
    expected = _expected_keypoints(data, num_keypoints, report)
    first_index: dict[int | str, int] = {}
    used: set[int] = set()
    visible, total, box_sizes = 0, 0, []
    for index, ann in enumerate(annotations):
        problems = [*_reference_problems(ann, index, images, expected, first_index)]
        if all(kind == 'unknown_category' for kind, _, _ in problems):
            image = images[ann['image_id']]
            size = (image.width, image.height) if image else None
            category_keypoints = expected.get(ann['category_id'], num_keypoints)
            problems += annotation_problems(ann, size, category_keypoints, evaluation)
        usable = True
        for kind, severity, value in problems:
            name = _annotation_name(ann, index, images)
            usable &= report.add(kind, severity, name, value).severity == 'warning'
            if kind in SKIPPED:
                report.skipped.setdefault(ann['id'], kind)
                usable = False
        if usable:
            flags = ann['keypoints'][2::3]
            visible += sum(flag > 0 for flag in flags)
            total += len(flags)
            box_sizes.append((ann['bbox'][2] * ann['bbox'][3]) ** 0.5)
            used.add(ann['image_id'])
    report.records = len(annotations)
    report.summary.update(
        images_used=len(used),
        annotations=len(annotations),
        annotations_used=len(box_sizes),
        keypoints=sorted({count for count in expected.values() if count}),
        visible_share=visible / total if total else 0.0,
    )
    if box_sizes:
        low, middle, high = min(box_sizes), median(box_sizes), max(box_sizes)
        report.summary['box_size_px'] = dict(min=low, median=middle, max=high)
    return used


def _expected_keypoints(
    data: Mapping, num_keypoints: int | None, report: CocoReport
) -> dict[Any, int | None]:
    """K by category id; None where neither the category nor its annotations define it.

    MMPose never reads the names of a category. So where all annotations agree on another number
    of keypoints than there are names, the category gets a warning and no annotation an error.
    """
    found: defaultdict[Any, Counter[int]] = defaultdict(Counter)
    for ann in data.get('annotations', []):
        if isinstance(ann.get('keypoints'), list) and ann['keypoints']:
            found[repr(ann.get('category_id'))][len(ann['keypoints'])] += 1
    expected: dict[Any, int | None] = {}
    for category in data.get('categories', []):
        names = len(category.get('keypoints', []))
        lengths = found[repr(category['id'])]
        triplets = [length for length in lengths if length % 3 == 0]
        length = max(triplets, key=lengths.__getitem__, default=0)
        agree = len(lengths) == 1 and lengths[length] > 1
        if num_keypoints:
            expected[category['id']] = num_keypoints
        elif names and not (agree and length != 3 * names):
            expected[category['id']] = names
        else:
            expected[category['id']] = length // 3 or None
            if names:
                record = f'category {category["id"]} ({category.get("name")})'
                value = (
                    f'{names} names, but {length // 3} keypoints in {lengths[length]} '
                    'annotations'
                )
                report.add('category_keypoints', 'warning', record, value)
    return expected


def _reference_problems(
    ann: Mapping,
    index: int,
    images: Images,
    categories: Collection[Any],
    first_index: dict[int | str, int],
) -> Iterator[RecordProblem]:
    """Problems with an annotation's ids; adds new ids to ``first_index``."""
    ann_id, image_id = ann.get('id'), ann.get('image_id')
    category_id = ann.get('category_id')
    if not isinstance(ann_id, int | str):
        yield 'annotation_record', 'error', f'id must be a number, got {ann_id!r:.40}'
        return
    if first_index.setdefault(ann_id, index) != index:
        value = f'annotations[{index}] has the id of annotations[{first_index[ann_id]}]'
        yield 'duplicate_annotation_id', 'error', value
    if not is_count(image_id):
        value = f'image_id must be a whole number, got {image_id!r:.40}'
        yield 'annotation_record', 'error', value
    elif image_id not in images:
        yield 'unknown_image', 'error', f'no image has the id {image_id}'
    if not isinstance(category_id, int | str):
        value = f'category_id must be a number, got {category_id!r:.40}'
        yield 'annotation_record', 'error', value
    elif categories and category_id not in categories:
        value = f'category_id is {category_id}, not one of {listed(categories, 8)}'
        yield 'unknown_category', 'error', value


def _annotation_name(ann: Mapping, index: int, images: Images) -> str:
    name = f'annotation {ann["id"]}' if 'id' in ann else f'annotations[{index}]'
    return f'{name} {_image_name(ann.get("image_id"), images)}'


def _image_name(image_id: Any, images: Images) -> str:
    image = images.get(image_id) if is_count(image_id) else None
    return f'(image {image_id}, {image.file_name})' if image else f'(image {image_id!r})'


def _check_detections(path: str, images: Images, report: CocoReport) -> set[int]:
    """Check a detector's boxes; the ids of the images that have a usable one."""
    detections = load_json(path, report)
    if detections is None:
        return set()
    if not isinstance(detections, list):
        value = f'must be a list of detections, got a {type(detections).__name__}'
        report.add('layout', 'error', path, value)
        return set()
    report.records = 0
    report.skipped = {}  # the annotated boxes are not used
    used: set[int] = set()
    for index, detection in enumerate(detections):
        name = f'{path}: detection {index}'
        if not isinstance(detection, dict) or 'category_id' not in detection:
            value = f'must be a dictionary with category_id, got {detection!r:.60}'
            report.add('detection_record', 'error', name, value)
            continue
        if detection['category_id'] != 1:  # MMPose takes category 1 alone
            continue
        report.records += 1
        image_id = detection.get('image_id')
        name = f'{name} {_image_name(image_id, images)}'
        if is_count(image_id) and image_id in images:
            used.add(image_id)
        else:
            value = f'image_id {image_id!r} is not among the images of {report.ann_file}'
            report.add('detection_record', 'error', name, value)
        for kind, severity, value in detection_problems(detection):
            report.add(kind, severity, name, value)
            if kind in SKIPPED:
                report.skipped[index] = kind
    if report.records == len(report.skipped) and not report.errors:
        value = f'none of {len(detections)} detections is a usable box of category 1'
        report.add('no_annotations', 'error', path, value)
    return used
