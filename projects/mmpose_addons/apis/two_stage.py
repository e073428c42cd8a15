"""Keypoint AP of a pose network with boxes from truth or from a detector.

Boxes by image are dicts from image id to (N, 5): x1, y1, x2, y2 in image px and a score.
"""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import torch
from mmpose.structures.bbox import bbox_overlaps, bbox_xywh2xyxy
from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

from mmpose_addons_core.progress import track

from .detect_file import average_precision
from .frames import InputError
from .pipeline import PosePipeline
from .results import coco_results

BoxesByImage = dict[int, np.ndarray]


def true_boxes(truth: COCO) -> BoxesByImage:
    """The annotated boxes, each with the score 1, as MMPose evaluates with."""
    boxes = {}
    for image in truth.getImgIds():
        people = [
            person['bbox'] + [1.0]
            for person in truth.loadAnns(truth.getAnnIds(imgIds=image, iscrowd=False))
            if any(person['keypoints'][2::3])
        ]
        boxes[image] = _corners(people)
    return boxes


def boxes_of_file(file: Path) -> BoxesByImage:
    """Boxes of a file of ``tools/detect_persons.py`` with category 1.

    Raises:
        InputError: It is no such file.
    """
    rows: dict[int, list] = {}
    try:
        for record in json.loads(file.read_text()):
            if record['category_id'] == 1:
                rows.setdefault(record['image_id'], []).append(
                    [*record['bbox'], record['score']]
                )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f'{file} is not a file of boxes: {error!r}') from None
    return {image: _corners(boxes) for image, boxes in rows.items()}


def align_to_true_boxes(
    boxes: BoxesByImage, truth: BoxesByImage, least: float = 0.5
) -> BoxesByImage:
    """Detected boxes moved onto the true box that they overlap most; scores stay.

    Args:
        boxes: Detected ones.
        truth: True ones.
        least: A box with a lower IoU stays where it is.
    """
    moved = {}
    for image, detected in boxes.items():
        moved[image] = detected.copy()
        true = truth.get(image, np.zeros((0, 5), np.float32))
        if len(true) and len(detected):
            overlap = bbox_overlaps(
                torch.from_numpy(detected[:, :4]), torch.from_numpy(true[:, :4])
            ).numpy()
            near = overlap.max(1) >= least
            moved[image][near, :4] = true[overlap.argmax(1)[near], :4]
    return moved


def keypoint_ap(
    pipeline: PosePipeline, truth: COCO, folder: Path, boxes: BoxesByImage
) -> dict[str, float]:
    """COCO's keypoint AP, AP50 and AR with some boxes.

    Args:
        pipeline: With OKS-NMS if that is wanted; poses are ranked by box score times mean
            keypoint score.
        truth: Annotations.
        folder: Of the images.
        boxes: By image.
    """
    images = truth.loadImgs(truth.getImgIds())
    none = np.zeros((0, 5), np.float32)
    files = (folder / image['file_name'] for image in images)
    given = (boxes.get(image['id'], none) for image in images)
    results = []
    samples = track(pipeline(files, given), 'Poses', total=len(images), transient=True)
    for image, sample in zip(images, samples, strict=True):
        results += coco_results(sample, image['id'])
    if not results:
        return dict(AP=0.0, AP50=0.0, AR=0.0)
    with contextlib.redirect_stdout(io.StringIO()):
        sigmas = np.array(pipeline.metadata.sigmas)
        evaluation = COCOeval(truth, truth.loadRes(results), 'keypoints', sigmas)
    evaluation.params.useSegm = None
    return average_precision(evaluation, recall=5)


def _corners(rows: list[list[float]]) -> np.ndarray:
    """(N, 5) with corners of rows x, y, w, h, score."""
    boxes = np.array(rows, np.float32).reshape(-1, 5)
    boxes[:, :4] = bbox_xywh2xyxy(boxes[:, :4])
    return boxes
