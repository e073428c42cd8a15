"""A detector's boxes of all images of a COCO file, as MMPose's ``bbox_file`` has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from xtcocotools.cocoeval import COCOeval

from mmpose_addons_core.datasets.coco_categories import CategoryError, category_to_write
from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import read_json, read_records
from mmpose_addons_core.datasets.coco_images import read_image_list
from mmpose_addons_core.file_digests import file_digest, files_digest
from mmpose_addons_core.fileio import refuse_input, write_json
from mmpose_addons_core.message_texts import shown
from mmpose_addons_core.progress import progress_bar
from mmpose_addons_core.setting_checks import check_counts
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_runtime.boxes import Detector
from mmpose_addons_runtime.detect_batches import FindBoxes, batches_of, find_here
from mmpose_addons_runtime.frames import InputError

from .coco_index import average_precision, coco_index, quiet_coco
from .unfinished_detections import unfinished_detections


@dataclass
class DetectReport:
    """Result of a run.

    Attributes:
        images: Number of images that are done, by earlier runs as well.
        total: Number of images.
        boxes: Number of boxes in the file; None if it was not written.
        lost: Images that could not be read; they have no boxes.
        stopped: Why the run ended early; empty for a whole run.
    """

    images: int = 0
    total: int = 0
    boxes: int | None = None
    lost: list[str] = field(default_factory=list)
    stopped: str = ''


def detect_images(
    detector: Detector,
    ann: Path,
    folder: Path,
    out: Path,
    category_id: int | str = 1,
    batch_size: int = 8,
    settings: Mapping[str, Any] | None = None,
    *,
    stop_on_error: bool = False,
    stop: StopRequest | None = None,
    find: FindBoxes | None = None,
    say: Callable[[str], None] = print,
) -> DetectReport:
    """Write the boxes of a COCO file's images atomically.

    Beside `out` a folder ``.<name>.part`` collects what is done, image by image. A later call
    with the same settings, COCO file and images (names, sizes, times) goes on from there;
    others begin anew.

    Args:
        detector: Finds the boxes.
        ann: COCO file; its ``images`` are read.
        folder: Where the images are.
        out: JSON list of ``image_id``, ``category_id``, ``bbox`` (x, y, w, h) in image px and
            ``score``.
        category_id: To write; MMPose's own data sets read only boxes with 1.
        batch_size: Images that the detector sees together.
        settings: Whatever else must be the same for a run to go on.
        stop_on_error: End the run at an image that cannot be read.
        stop: Ends the run between two batches.
        find: Does the batches elsewhere, with the same detector.
        say: Gets a line where a run begins anew.

    Raises:
        InputError: The COCO file or an image is missing or not readable.
        ValueError: The batch size is not positive.
        FolderInUseError: Another process writes the same file.
        OverwriteError: `out` is one of the images.
    """
    check_counts(1, batch_size=batch_size)
    images = _images(ann)
    refuse_input(out, (folder / image['file_name'] for image in images))
    for image in images:
        file = folder / image['file_name']
        if not file.is_file():
            raise InputError(f'{ann}: image {image["id"]}: {shown(file)} is missing')
    out.parent.mkdir(parents=True, exist_ok=True)
    identity = dict(
        settings or {},
        annotations=file_digest(ann),
        images=files_digest(
            (image['file_name'], folder / image['file_name']) for image in images
        ),
    )
    report = DetectReport(total=len(images))
    with unfinished_detections(out, identity, say) as unfinished:
        batches = batches_of(images, batch_size, unfinished.done.__contains__)
        report.images = len(images) - sum(map(len, batches))
        lost: dict[Any, str] = {}
        try:
            with progress_bar('Images', len(images), completed=report.images) as advance:
                for found in (find or partial(find_here, detector, folder))(batches):
                    for image_id, boxes in found:
                        if isinstance(boxes, str):
                            lost[image_id] = f'image {image_id}: {boxes}'
                            continue
                        records = [_record(image_id, category_id, *box) for box in boxes]
                        unfinished.add(image_id, records)
                        report.images += 1
                    unfinished.flush()
                    advance(len(found))
                    if stop or (stop_on_error and lost):
                        break
            if stop or (stop_on_error and lost):
                report.stopped = stop.reason if stop else next(iter(lost.values()))
            if not report.stopped:
                done = unfinished.done
                records = [box for image in images for box in done.get(image['id'], [])]
                write_json(out, records)
                report.boxes = len(records)
                unfinished.remove()
        except OSError as error:
            report.stopped = f'{shown(out)} cannot be written: {error.strerror or error}'
        report.lost = [lost[image['id']] for image in images if image['id'] in lost]
    return report


def box_ap(
    ann: Path | Mapping[str, Any],
    boxes: Path | list[dict[str, Any]],
    category_id: int | str = 1,
) -> dict[str, float] | None:
    """Return COCO's AP, AP50 and AR (100 boxes an image) of detected boxes; None without truth.

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
    truth = coco_index(
        dict(content, annotations=annotations, categories=[dict(id=category_id)])
    )
    with quiet_coco():
        evaluation = COCOeval(truth, truth.loadRes(found), 'bbox')
    return average_precision(evaluation, recall=8)


def _record(
    image_id: int, category_id: int | str, box: list[float], score: float
) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    xywh = [round(value, 2) for value in (x1, y1, x2 - x1, y2 - y1)]
    return dict(image_id=image_id, category_id=category_id, bbox=xywh, score=round(score, 5))


def _images(ann: Path) -> list[dict[str, Any]]:
    try:
        images, _ = read_image_list(ann)
    except ValueError as error:  # CocoFileError, DatasetError
        raise InputError(str(error)) from None
    return [dict(id=image.id, file_name=image.file_name) for image in images]


def keypoint_category(ann: Path) -> int | str:
    """Return the category to write boxes with, see :func:`category_to_write`.

    Raises:
        InputError: The file cannot be read, or several categories could be meant.
    """
    try:
        _, data = read_image_list(ann)
        return category_to_write(data)
    except CategoryError as error:
        raise InputError(f'{ann}: {error}') from None
    except ValueError as error:
        raise InputError(str(error)) from None
