"""A detector's boxes of all images of a COCO file, as MMPose's ``bbox_file`` has them."""

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

from mmpose_addons_core.datasets.coco_categories import keypoints_by_category
from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import read_json, read_records
from mmpose_addons_core.datasets.coco_images import read_image_list
from mmpose_addons_core.datasets.coco_report import listed
from mmpose_addons_core.datasets.coco_values import printable
from mmpose_addons_core.datasets.image_files import check_image_files
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.progress import progress_bar

from .detector import BoxDetector
from .frames import InputError, read_frames


def detect_images(
    detector: BoxDetector,
    ann: Path,
    folder: Path,
    out: Path,
    category_id: int | str = 1,
    batch_size: int = 8,
    settings: Mapping[str, Any] | None = None,
) -> int:
    """Write the boxes of a COCO file's images, whole or not at all.

    Beside `out` a file ``.<name>.part`` collects what is done, image by image. A later call
    with the same settings goes on from there; other settings begin anew.

    Args:
        detector: What looks.
        ann: COCO file; its ``images`` are read.
        folder: Where the images are.
        out: JSON list of ``image_id``, ``category_id``, ``bbox`` (x, y, w, h) in image px and
            ``score``.
        category_id: To write; MMPose's own data sets read only boxes with 1.
        batch_size: Images that the detector sees together.
        settings: Whatever must be the same for a run to go on.

    Returns:
        How many boxes were written.

    Raises:
        InputError: The COCO file or an image is missing or not readable.
    """
    images = _images(ann, folder)
    part = out.with_name(f'.{out.name}.part')
    out.parent.mkdir(parents=True, exist_ok=True)
    heading = json.dumps(dict(settings or {}), sort_keys=True)
    done = _finished(part, heading)
    with part.open('a' if done is not None else 'w') as file:
        if done is None:
            done = {}
            file.write(heading + '\n')
        left = [image for image in images if image['id'] not in done]
        finished = len(images) - len(left)
        with progress_bar('Images', len(images), completed=finished) as advance:
            for group in _groups(left, batch_size):
                frames = list(read_frames(folder / image['file_name'] for image in group))
                found = detector([frame.image for frame in frames])
                for image, (boxes, scores) in zip(group, found, strict=True):
                    done[image['id']] = [
                        _record(image['id'], category_id, box, score)
                        for box, score in zip(boxes.tolist(), scores.tolist(), strict=True)
                    ]
                    file.write(json.dumps([image['id'], done[image['id']]]) + '\n')
                file.flush()
                advance(len(group))
    records = [record for image in images for record in done[image['id']]]
    with atomic_write(out) as unfinished:
        unfinished.write_text(json.dumps(records))
    part.unlink()
    return len(records)


def box_ap(
    ann: Path | Mapping[str, Any],
    boxes: Path | list[dict[str, Any]],
    category_id: int | str = 1,
) -> dict[str, float] | None:
    """COCO's AP, AP50 and AR (100 boxes an image) of detected boxes; None without truth.

    Args:
        ann: COCO file, or the content of one that has been checked; annotations without a box
            are left out.
        boxes: Detections, or their file.
        category_id: Of annotations and detections.

    Raises:
        InputError: A file cannot be read, or has a broken record.
    """
    try:
        if isinstance(ann, Path):
            check_coco_keypoints(ann, boxes_only=True, unlabelled=True).raise_for_errors()
        content = read_json(ann) if isinstance(ann, Path) else ann
        found = read_records(boxes) if isinstance(boxes, Path) else boxes
    except ValueError as error:  # CocoFileError, DatasetError
        raise InputError(str(error)) from None
    annotations = [
        {'area': annotation['bbox'][2] * annotation['bbox'][3], **annotation}
        for annotation in content.get('annotations', [])
        if annotation['category_id'] == category_id and 'bbox' in annotation
    ]
    found = [box for box in found if box.get('category_id') == category_id]
    if not annotations:
        return None
    if not found:
        return dict(AP=0.0, AP50=0.0, AR=0.0)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = dict(
            content, annotations=annotations, categories=[dict(id=category_id)]
        )
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(found), 'bbox')
    return average_precision(evaluation, recall=8)


def average_precision(evaluation: COCOeval, recall: int) -> dict[str, float]:
    """AP, AP50 and AR of a prepared evaluation; `recall` is AR's place in its ``stats``."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    stats = evaluation.stats
    return dict(AP=stats[0], AP50=stats[1], AR=stats[recall])


def _record(
    image_id: int, category_id: int | str, box: list[float], score: float
) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    xywh = [round(value, 2) for value in (x1, y1, x2 - x1, y2 - y1)]
    return dict(image_id=image_id, category_id=category_id, bbox=xywh, score=round(score, 5))


def _images(ann: Path, folder: Path) -> list[dict[str, Any]]:
    try:
        images, _ = read_image_list(ann)
    except ValueError as error:  # CocoFileError, DatasetError
        raise InputError(str(error)) from None
    for problem in check_image_files(images, folder, 'exist'):
        path = folder / problem.image.file_name
        raise InputError(f'{ann}: {problem.image}: {printable(str(path))} is missing')
    return [dict(id=image.id, file_name=image.file_name) for image in images]


def keypoint_category(ann: Path) -> int | str:
    """The category to write boxes with: that of the keypoints, 1 where there is none.

    Raises:
        InputError: The file cannot be read, or several categories have keypoints.
    """
    try:
        _, data = read_image_list(ann)
        having = [key for key, k in keypoints_by_category(data).items() if k.number]
    except ValueError as error:
        raise InputError(str(error)) from None
    if len(having) > 1:
        raise InputError(
            f'{ann}: several categories have keypoints, name the one to write by '
            f'--category-id, got {listed(having, 8)}'
        )
    return having[0] if having else 1


def _finished(part: Path, heading: str) -> dict[int, list[dict[str, Any]]] | None:
    """Boxes by image of a run with the same settings; None where there is no such run."""
    if not part.is_file():
        return None
    first, *lines = part.read_text().splitlines(keepends=True) or ['']
    if first != heading + '\n':
        return None
    whole = [line for line in lines if line.endswith('\n')]  # a kill may cut the last one
    if len(whole) < len(lines):
        part.write_text(''.join([first, *whole]))
    return dict(json.loads(line) for line in whole)


def _groups(items: list, size: int) -> Iterator[list]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
