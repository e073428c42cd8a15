"""Problems of one annotation, or one detection, of a COCO keypoint file.

Coordinates are (x, y) in image px, boxes (x, y, width, height) in image px, keypoints a flat
list of K times x, y, visibility.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..message_texts import listed, short
from .coco_boxes import EDGE, lies_outside
from .coco_values import LARGEST_NUMBER, are_numbers

RecordProblem = tuple[str, str, str]  # kind, severity, value


def annotation_problems(
    ann: Mapping,
    image_size: tuple[float, float] | None,
    num_keypoints: int | None,
    evaluation: bool,
    boxes_only: bool,
) -> Iterator[RecordProblem]:
    """Return problems with the values of an annotation.

    Args:
        image_size: width and height, image px; None skips the checks that need them.
        num_keypoints: expected K; None accepts any.
        evaluation, boxes_only: see ``check_coco_keypoints``.
    """
    needed = 'error' if evaluation else 'warning'
    fields = ['bbox'] if boxes_only else ['bbox', 'keypoints']
    missing = [key for key in fields if key not in ann]
    if missing:
        yield 'missing_field', needed, f'has no {" and no ".join(missing)}'
        return
    empty = ann.get('keypoints') == [] and not ann.get('num_keypoints')
    malformed = [
        *_box_format(ann['bbox']),
        *_number_format('area', [ann.get('area', 1)]),
        *_crowd_format(ann.get('iscrowd', 0)),
    ]
    if not boxes_only:
        malformed += _stated_format(ann.get('num_keypoints', 0))
        malformed += [] if empty else keypoint_format(ann['keypoints'], num_keypoints)
    yield from malformed
    if malformed:
        return
    if empty and not boxes_only:
        yield 'no_visible_keypoint', 'warning', 'keypoints is empty'
        return
    if 'area' not in ann and not boxes_only:
        yield 'area', needed, 'area is missing, training takes 0.53 of the box'
    if ann.get('iscrowd'):
        yield 'crowd', 'warning', f'iscrowd is {ann["iscrowd"]!r}'
        return
    if not boxes_only:
        yield from _visibility_problems(ann, evaluation)
    yield from _box_problems(ann['bbox'], image_size)
    if boxes_only:
        return
    yield from _outside_problems(ann['keypoints'], image_size)
    if ann.get('area', 1) <= 0:
        yield 'area', needed, f'area is {ann["area"]}, must be positive'


def _crowd_format(value: Any) -> Iterator[RecordProblem]:
    if not isinstance(value, int | float) or value not in (0, 1):
        yield 'annotation_record', 'error', f'iscrowd must be 0 or 1, got {short(value)}'


def _stated_format(value: Any) -> Iterator[RecordProblem]:
    if value is not None and not (are_numbers([value]) and value >= 0 and value == int(value)):
        value = f'num_keypoints must be a whole number, got {short(value)}'
        yield 'annotation_record', 'error', value


def keypoint_format(keypoints: Any, num_keypoints: int | None) -> Iterator[RecordProblem]:
    """Return what hinders reading ``keypoints``; ``num_keypoints`` is K, None accepts any."""
    wanted = f'{3 * num_keypoints}' if num_keypoints else 'a multiple of 3'
    if not isinstance(keypoints, list):
        value = f'keypoints must be a list of {wanted} numbers, got {short(keypoints)}'
        yield 'keypoint_count', 'error', value
        return
    count = len(keypoints)
    if count == 0 or count % 3 or (num_keypoints and count != 3 * num_keypoints):
        value = f'keypoints has {count} numbers ({count / 3:.4g} keypoints)'
        yield 'keypoint_count', 'error', f'{value}, expected {wanted}'
    yield from _number_format('keypoints', keypoints)


def _box_format(box: Any) -> Iterator[RecordProblem]:
    if not isinstance(box, list) or len(box) != 4:
        value = f'bbox must be [x, y, width, height], got {short(box)}'
        yield 'box_layout', 'error', value
    else:
        yield from _number_format('bbox', box)


def _number_format(name: str, values: Sequence[Any]) -> Iterator[RecordProblem]:
    if not are_numbers(values):
        places = [name] if name == 'area' else [f'{name}[{i}]' for i in range(len(values))]
        wrong = [
            f'{place} is {short(value)}'
            for place, value in zip(places, values, strict=True)
            if not are_numbers([value])
        ]
        yield 'not_a_number', 'error', f'{listed(wrong)}, expected at most {LARGEST_NUMBER:g}'


def _visibility_problems(ann: Mapping, evaluation: bool) -> Iterator[RecordProblem]:
    keypoints = ann['keypoints']
    flags = keypoints[2::3]
    if not {*flags} <= {0, 1, 2}:
        # MMPose takes the flag as the keypoint's weight, cut off at 1.
        weights_only = all(0 <= flag <= 1 or flag == 2 for flag in flags)
        severity = 'warning' if weights_only else 'error'
        yield 'visibility', severity, wrong_visibility(flags)

    visible = sum(flag > 0 for flag in flags)
    stated = ann.get('num_keypoints')
    if stated is not None and stated not in (visible, flags.count(2)):
        # CrowdPose counts visibility 2 only. Those with 0 are left out by MMPose.
        value = f'num_keypoints is {stated!r}, but {visible} keypoints are visible'
        yield 'num_keypoints', 'error' if stated == 0 else 'warning', value

    at_origin = max(keypoints[0::3]) <= 0 and max(keypoints[1::3]) <= 0
    if visible == 0:
        if at_origin or stated == 0 or not evaluation:
            yield 'no_visible_keypoint', 'warning', 'no keypoint is visible'
    elif stated == 0 and 2 not in flags:
        value = f'num_keypoints is 0, {visible} keypoints have visibility 1'
        yield 'no_visible_keypoint', 'warning', value
    elif at_origin:
        value = f'none of the {visible} visible keypoints has a positive coordinate'
        yield 'no_visible_keypoint', 'warning', value


def wrong_visibility(flags: Sequence[float]) -> str:
    """Name keypoints whose visibility is not 0, 1 or 2; empty without one."""
    wrong = [
        f'keypoint {index} has visibility {flag}'
        for index, flag in enumerate(flags)
        if flag not in (0, 1, 2)
    ]
    return f'{listed(wrong)}, expected 0, 1 or 2' if wrong else ''


def _box_problems(
    box: Sequence[float], image_size: tuple[float, float] | None
) -> Iterator[RecordProblem]:
    x, y, width, height = box
    if width <= 0 or height <= 0:
        yield 'box_size', 'warning', f'bbox {box} is {width} x {height} px'
        return
    if image_size is None:
        return
    where = f'the {image_size[0]} x {image_size[1]} image'
    if lies_outside(box, image_size):
        yield 'box_outside', 'warning', f'bbox {box} lies outside {where}'
    elif (
        min(x, y) < -EDGE
        or x + width > image_size[0] + EDGE
        or y + height > image_size[1] + EDGE
    ):
        yield 'box_partly_outside', 'warning', f'bbox {box} reaches over {where}'


def _outside_problems(
    keypoints: Sequence[float], image_size: tuple[float, float] | None
) -> Iterator[RecordProblem]:
    if image_size is None:
        return
    width, height = image_size
    triplets = zip(keypoints[0::3], keypoints[1::3], keypoints[2::3], strict=True)
    outside = [
        f'keypoint {index} at ({x}, {y})'
        for index, (x, y, flag) in enumerate(triplets)
        if flag > 0 and not (0 <= x <= width and 0 <= y <= height)
    ]
    if outside:
        value = f'{listed(outside)}, outside the {width} x {height} image'
        yield 'keypoint_outside', 'warning', value
