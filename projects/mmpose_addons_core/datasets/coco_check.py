"""Check a COCO keypoint annotation file.

An error is what makes MMPose crash, or train or evaluate wrongly without a message. A warning
is what MMPose leaves out or handles as its users expect: crowds, people without a visible
keypoint, boxes of zero size or wholly outside the image, keypoints outside the image,
categories without keypoints.

K is the number of keypoints of a category.
"""

from collections.abc import Collection
from os import PathLike, fspath
from time import perf_counter
from typing import Any

from .coco_annotations import check_annotations
from .coco_categories import (
    Category,
    CategoryError,
    category_name,
    choose_categories,
    keypoints_by_category,
)
from .coco_detections import check_detections
from .coco_images import check_image_records
from .coco_layout import UNREAD, layout_problem, load_json
from .coco_report import CocoReport, DatasetError, Problem
from .image_files import MODES, check_image_files

__all__ = ['CocoReport', 'DatasetError', 'Problem', 'check_coco_keypoints']


def check_coco_keypoints(
    ann_file: str | PathLike,
    image_dir: str | PathLike | None = None,
    images: str | None = 'header',
    *,
    num_keypoints: int | None = None,
    category: Category | None = None,
    evaluation: bool = False,
    bbox_file: str | PathLike | None = None,
    boxes_only: bool = False,
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
        category: id or name of the category to use. By default all with keypoints are used,
            of ``num_keypoints`` if that is given; see ``choose_categories``.
        evaluation: the annotations are ground truth for CocoMetric, which needs bbox,
            keypoints and area in every annotation; people without a visible keypoint are
            left out only where MMPose itself does it.
        bbox_file: detected boxes that are used in place of the annotated ones.
        boxes_only: a target set of an adaptation: annotations need boxes, but no keypoints.
        unlabelled: no annotation is needed, as with ``bbox_file`` without ``evaluation``.
        used_images_only: do not check images without a usable annotation (or detection).
        tolerate: kinds of ``TOLERABLE`` whose errors count as warnings.
        workers: number of threads that check images.
        progress: show bars with the remaining time.

    Raises:
        ValueError: unknown ``images`` or ``tolerate``, ``num_keypoints`` below 1. Problems
            of the files do not raise; they are in the report.
    """
    if images is not None and images not in MODES:
        raise ValueError(f'images must be None or one of {MODES}, got {images!r}')
    if num_keypoints is not None and num_keypoints < 1:
        raise ValueError(f'num_keypoints must be at least 1, got {num_keypoints}')
    start = perf_counter()
    report = CocoReport(fspath(ann_file), frozenset(tolerate), evaluation)
    data = load_json(report.ann_file, report)
    if data is UNREAD:
        return report
    unlabelled = unlabelled or (bbox_file is not None and not evaluation)
    needed = ['images'] + ['annotations'] * (not unlabelled) + ['categories'] * (not boxes_only)
    if wrong := layout_problem(data, tuple(needed)):
        report.add('layout', 'error', report.ann_file, wrong)
        return report

    records = check_image_records(data['images'], report)
    categories = data.get('categories', [])
    expected = _expected_keypoints(data, num_keypoints, category, report, boxes_only)
    report.categories = [*expected]
    used, doubtful = check_annotations(
        data.get('annotations', []), records, categories, expected, boxes_only, report, progress
    )
    if not (used or unlabelled or report.errors):
        value = f'none of {report.records} annotations is usable'
        report.add('no_annotations', 'error', report.ann_file, value)
    seen = report.summary['visible_share'] or unlabelled or boxes_only
    if evaluation and not (seen or report.errors):
        value = f'none of {report.records} annotations has a visible keypoint to evaluate'
        report.add('no_annotations', 'error', report.ann_file, value)
    if bbox_file is not None:
        detections = check_detections(bbox_file, records, categories, report.categories, report)
        report.detections = detections
        used = {detection['image_id'] for detection in detections}
    report.seconds['annotations'] = perf_counter() - start
    used = used | doubtful
    if image_dir is not None and images:
        checked = [
            image
            for image in records.values()
            if image and (not used_images_only or image.id in used)
        ]
        for problem in check_image_files(checked, fspath(image_dir), images, workers, progress):
            report.add(problem.kind, 'error', str(problem.image), problem.value)
        report.images_checked = len(checked)
        report.seconds['images'] = perf_counter() - start - report.seconds['annotations']
    return report


def _expected_keypoints(
    data: Any,
    num_keypoints: int | None,
    category: Category | None,
    report: CocoReport,
    boxes_only: bool,
) -> dict[Category, int | None]:
    """Return K of each category that is used; None where any number will do."""
    categories = data.get('categories', [])
    about = keypoints_by_category(data)
    try:
        chosen = choose_categories(data, num_keypoints, category)
    except CategoryError as error:
        if boxes_only and category is None:  # its keypoints are not read
            return dict.fromkeys(about)
        report.add('category', 'error', report.ann_file, str(error))
        return dict.fromkeys(about)
    for key in chosen:
        names, found, annotations, _ = about[key]
        if names and not num_keypoints and about[key].number != names:
            value = f'{names} names, but {found} keypoints in {annotations} annotations'
            record = category_name(categories, key)
            report.add('category_keypoints', 'warning', record, value)
    return {key: num_keypoints or about[key].number or None for key in chosen}
