"""Check the annotations of a COCO keypoint file."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from ..message_texts import listed, short
from ..progress import track
from .coco_boxes import corners_problem
from .coco_categories import Category
from .coco_images import Images, image_name
from .coco_records import RecordProblem, annotation_problems
from .coco_report import SKIPPED, CocoReport
from .coco_values import are_numbers, is_category_id, is_id

MANY = 20_000
"""From this number of annotations on the check takes seconds, and shows its progress."""


def check_annotations(
    annotations: Sequence[Mapping],
    images: Images,
    categories: Sequence[Mapping],
    expected: Mapping[Category, int | None],
    boxes_only: bool,
    report: CocoReport,
    progress: bool = False,
) -> tuple[set[int], set[int]]:
    """Check annotations of a file whose layout is right; problems go into the report.

    Args:
        images: see ``check_image_records``.
        categories: those of the file.
        expected: K of each category that is used; None where any number will do.
        boxes_only: see ``check_coco_keypoints``.
        progress: show a bar with the remaining time.

    Returns:
        The ids of the images that have a usable annotation, and of those with a box outside.
    """
    names = {category['id']: category.get('name') for category in categories}
    first_index: dict[int, int] = {}
    frames: dict[Hashable, int] = {}
    used: set[int] = set()
    doubtful: set[int] = set()
    visible, total, box_sizes = 0, 0, []
    boxes: list[tuple[Sequence[float], tuple[float, float]]] = []
    shown_annotations = track(
        annotations,
        f'Checking {len(annotations)} annotations',
        transient=True,
        disable=not progress or len(annotations) < MANY,
    )
    for index, ann in enumerate(shown_annotations):
        problems = [*_reference_problems(ann, index, images, names, boxes_only, first_index)]
        category_id: Any = ann.get('category_id')
        if all(kind == 'unknown_category' for kind, _, _ in problems):
            image = images[ann['image_id']]
            size = (image.width, image.height) if image else None
            if category_id in names and category_id not in expected:
                value = f'category_id is {category_id!r}, used are {listed(expected, 8)}'
                problems.append(('other_category', 'warning', value))
            else:
                known = expected.get(category_id) or _only(expected)
                problems += annotation_problems(ann, size, known, report.evaluation, boxes_only)
                if boxes_only:
                    problems += _frame_problems(ann, index, frames)
        usable = True
        for kind, severity, value in problems:
            name = _annotation_name(ann, index, images)
            usable &= report.add(kind, severity, name, value).severity == 'warning'
            if kind in SKIPPED or (kind == 'unknown_category' and report.evaluation):
                report.skipped.setdefault(ann['id'], kind)
                usable = False
            if kind == 'box_outside':  # the image may have another size
                doubtful.add(ann['image_id'])
        if usable:
            if not boxes_only:
                flags = ann['keypoints'][2::3]
                visible += sum(flag > 0 for flag in flags)
                total += len(flags)
            box_sizes.append((ann['bbox'][2] * ann['bbox'][3]) ** 0.5)
            used.add(ann['image_id'])
            if size is not None:
                boxes.append((ann['bbox'], size))
    if wrong := corners_problem(boxes):
        report.add('box_corners', 'error', report.ann_file, wrong)
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
    return used, doubtful


def _only(expected: Mapping[Category, int | None]) -> int | None:
    """Return K where all categories that are used have the same one."""
    counts = {*expected.values()}
    return counts.pop() if len(counts) == 1 else None


def _reference_problems(
    ann: Mapping,
    index: int,
    images: Images,
    categories: Mapping[Category, Any],
    boxes_only: bool,
    first_index: dict[int, int],
) -> Iterator[RecordProblem]:
    """Return problems with an annotation's ids; add new ids to ``first_index``."""
    ann_id, image_id = ann.get('id'), ann.get('image_id')
    category_id = ann.get('category_id')
    if not is_id(ann_id):
        value = f'id must be a whole number from 0 to 2^63 - 1, got {short(ann_id)}'
        yield 'annotation_record', 'error', value
        return
    if first_index.setdefault(ann_id, index) != index:
        value = f'annotations[{index}] has the id of annotations[{first_index[ann_id]}]'
        yield 'duplicate_annotation_id', 'error', value
    if not is_id(image_id):
        value = f'image_id must be a whole number from 0 to 2^63 - 1, got {short(image_id)}'
        yield 'annotation_record', 'error', value
    elif image_id not in images:
        yield 'unknown_image', 'error', f'no image has the id {image_id}'
    if not is_category_id(category_id):
        value = f'category_id must be a number, got {short(category_id)}'
        yield 'annotation_record', 'error', value
    elif category_id not in categories and (categories or not boxes_only):
        value = f'category_id is {category_id!r}, not one of {listed(categories, 8)}'
        owner = [key for key, name in categories.items() if name == category_id]
        value += f'; it is the name of category {owner[0]!r}' if owner else ''
        yield 'unknown_category', 'error', value


def _frame_problems(
    ann: Mapping, index: int, frames: dict[Hashable, int]
) -> Iterator[RecordProblem]:
    """Return problems with the place of a boxes-only sample in its video, if it has one."""
    video, frame = ann.get('video_id'), ann.get('frame_id')
    if video is None:
        return
    for key in ('video_id', 'track_id'):
        if not isinstance(ann.get(key), int | str | None):
            value = f'{key} must be a number or a text, got {short(ann[key])}'
            yield 'frame_number', 'error', value
            return
    place = video, ann.get('track_id'), frame
    if not are_numbers([frame]):
        value = f'frame_id must be a number, got {short(frame)}'
        yield 'frame_number', 'error', value
    elif frames.setdefault(place, index) != index:
        value = (
            f'video {short(video)} has the frame {frame} in annotations[{frames[place]}], too'
        )
        yield 'frame_number', 'error', value


def _annotation_name(ann: Mapping, index: int, images: Images) -> str:
    name = f'annotation {short(ann["id"])}' if 'id' in ann else f'annotations[{index}]'
    return f'{name} {image_name(ann.get("image_id"), images)}'
