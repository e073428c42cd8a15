"""Keypoint AP of a pose network with boxes from truth or from a detector.

Boxes by image are dicts from image id to (N, 5): x1, y1, x2, y2 in image px and a score.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from mmpose.structures.bbox import bbox_xywh2xyxy
from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

from mmpose_addons_core.datasets.coco_categories import (
    PERSON,
    CategoryError,
    choose_categories,
)
from mmpose_addons_core.progress import track
from mmpose_addons_runtime.frames import InputError
from mmpose_addons_runtime.similarity import iou

from .coco_index import average_precision, coco_index, quiet_coco
from .pipeline import PosePipeline
from .results import coco_results

BoxesByImage = dict[int, np.ndarray]


def true_boxes(truth: COCO) -> BoxesByImage:
    """Read the annotated boxes, each with the score 1, as MMPose evaluates with."""
    boxes = {}
    for image in truth.getImgIds():
        people = [
            person['bbox'] + [1.0]
            for person in truth.loadAnns(truth.getAnnIds(imgIds=image, iscrowd=False))
            if any((person.get('keypoints') or [])[2::3]) and min(person['bbox'][2:]) > 0
        ]
        boxes[image] = _corners(people)
    return boxes


def boxes_by_image(detections: Iterable[Mapping[str, Any]]) -> BoxesByImage:
    """Group detections (``image_id``, ``bbox`` x, y, w, h and ``score``) by image."""
    rows: dict[int, list] = {}
    for detection in detections:
        row = [*detection['bbox'][:4], detection['score']]
        rows.setdefault(detection['image_id'], []).append(row)
    return {image: _corners(boxes) for image, boxes in rows.items()}


def align_to_true_boxes(
    boxes: BoxesByImage, truth: BoxesByImage, least: float = 0.5
) -> BoxesByImage:
    """Move detected boxes onto the true box that they overlap most; their scores stay.

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
            overlap = iou(detected[:, :4], true[:, :4])
            near = overlap.max(1) >= least
            moved[image][near, :4] = true[overlap.argmax(1)[near], :4]
    return moved


def keypoint_ap(
    pipeline: PosePipeline,
    truth: COCO,
    folder: Path,
    boxes: BoxesByImage,
    category: int | str | None = None,
) -> dict[str, float]:
    """Return COCO's keypoint AP, AP50 and AR with some boxes.

    Args:
        pipeline: With OKS-NMS if that is wanted; poses are ranked by box score times mean
            keypoint score.
        truth: Annotations; those with as many keypoints as the network has are evaluated,
            whatever the ids of their categories are.
        folder: Of the images.
        boxes: By image.
        category: Id or name of the only category to evaluate.

    Raises:
        InputError: No annotation can be evaluated.
    """
    sigmas = np.array(pipeline.metadata.sigmas)
    truth = people_of(truth, len(sigmas), category)
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
    with quiet_coco():
        evaluation = COCOeval(truth, truth.loadRes(results), 'keypoints', sigmas)
    evaluation.params.useSegm = None
    return average_precision(evaluation, recall=5)


def people_of(truth: COCO, num_keypoints: int, category: int | str | None = None) -> COCO:
    """Return the annotations of the categories with keypoints as those of one category, 1.

    Args:
        truth: Annotations.
        num_keypoints: That they must have.
        category: Id or name of the only category to take.

    Raises:
        InputError: There is no such category, or no annotation with a visible keypoint.
    """
    data = truth.dataset
    try:
        chosen = choose_categories(data, num_keypoints, category)
    except CategoryError as error:
        raise InputError(str(error)) from None
    people = [
        dict(person, category_id=PERSON)
        for person in data.get('annotations', [])
        if person['category_id'] in chosen
        and len(person.get('keypoints') or []) == 3 * num_keypoints
    ]
    if not any(any(person['keypoints'][2::3]) for person in people):
        raise InputError(
            f'expected annotations with {num_keypoints} keypoints in category {chosen}, '
            f'got none with a visible one among {len(data.get("annotations", []))}'
        )
    content = dict(data, annotations=people, categories=[dict(id=PERSON, name='person')])
    return coco_index(content)


def _corners(rows: list[list[float]]) -> np.ndarray:
    """Return rows (N, 5), x, y, w, h, score, with corners in place of sizes."""
    boxes = np.array(rows, np.float32).reshape(-1, 5)
    boxes[:, :4] = bbox_xywh2xyxy(boxes[:, :4])
    return boxes
