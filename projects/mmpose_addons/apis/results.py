"""Poses as MMPose's samples and as COCO results.

Shape letters: N people, K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.structures import InstanceData
from mmpose.evaluation.functional import oks_nms
from mmpose.structures import PoseDataSample

from .frames import Frame

KEYPOINT_SCORE = 0.2
"""Keypoints with a lower score do not count in a pose's score; CocoMetric's default."""


def pose_sample(
    frame: Frame,
    keypoints: np.ndarray,
    keypoint_scores: np.ndarray,
    boxes: np.ndarray,
    box_scores: np.ndarray,
) -> PoseDataSample:
    """Return a sample with all people of a frame, as MMPose's inferencer merges them.

    Args:
        frame: Where they are.
        keypoints: (N, K, 2).
        keypoint_scores: (N, K).
        boxes: (N, 4), (x1, y1, x2, y2), image px.
        box_scores: (N,).

    Returns:
        With ``pred_instances``; their ``box_index`` is the place in ``boxes``, also of those
        that remain when others are left out.
    """
    height, width = frame.image.shape[:2]
    sample = PoseDataSample(
        metainfo=dict(
            img_path=None if frame.path is None else str(frame.path),
            img_id=frame.index,
            ori_shape=(height, width),
            time=frame.time,
        )
    )
    sample.pred_instances = InstanceData(
        keypoints=keypoints.astype(np.float32),
        keypoint_scores=keypoint_scores.astype(np.float32),
        keypoints_visible=keypoint_scores.astype(np.float32),
        bboxes=boxes,
        bbox_scores=box_scores,
        pose_scores=pose_scores(keypoint_scores, box_scores),
        box_index=np.arange(len(boxes)),
    )
    return sample


def pose_scores(keypoint_scores: np.ndarray, box_scores: np.ndarray) -> np.ndarray:
    """Return box score times mean keypoint score (N,), as CocoMetric rescores.

    Args:
        keypoint_scores: (N, K).
        box_scores: (N,).

    Example:
        >>> pose_scores(np.array([[0.5, 0.7, 0.1]]), np.array([0.5]))
        array([0.3], dtype=float32)
    """
    counted = keypoint_scores > KEYPOINT_SCORE
    total = np.where(counted, keypoint_scores, 0).sum(-1)
    return (box_scores * total / np.maximum(counted.sum(-1), 1)).astype(np.float32)


def suppress_duplicates(
    sample: PoseDataSample, threshold: float, sigmas: Sequence[float]
) -> PoseDataSample:
    """Drop the poses that a better one resembles: MMPose's OKS-NMS, which is G-RMI's.

    Args:
        sample: Of :func:`pose_sample`.
        threshold: Of two poses with a higher OKS the better one stays.
        sigmas: K, of OKS.
    """
    people = sample.pred_instances
    if len(people) < 2:
        return sample
    sides = people.bboxes[:, 2:] - people.bboxes[:, :2]
    poses = [
        dict(
            keypoints=np.column_stack((people.keypoints[i], people.keypoint_scores[i])),
            score=people.pose_scores[i],
            area=np.prod(sides[i]),
        )
        for i in range(len(people))
    ]
    sample = sample.new()
    sample.pred_instances = people[sorted(oks_nms(poses, threshold, np.asarray(sigmas)))]
    return sample


def coco_results(
    sample: PoseDataSample, image_id: int | None = None, category_id: int | str = 1
) -> list[dict[str, Any]]:
    """Convert a sample's people to COCO's form of results, plain numbers, ready for JSON.

    Args:
        sample: Of :func:`pose_sample`.
        image_id: By default the frame's number.
        category_id: COCO's, 1 for people.

    Returns:
        For each person ``image_id``, ``category_id``, ``keypoints`` (x, y, score for each
        keypoint), ``score``, ``bbox`` (x, y, w, h); ``track_id`` where there are tracks.
    """
    people = sample.pred_instances
    image_id = sample.metainfo['img_id'] if image_id is None else image_id
    results = []
    for i in range(len(people)):
        x1, y1, x2, y2 = (float(value) for value in people.bboxes[i])
        pose = np.column_stack((people.keypoints[i], people.keypoint_scores[i]))
        result = dict(
            image_id=int(image_id),
            category_id=category_id,
            keypoints=[round(value, 3) for value in pose.astype(float).flatten().tolist()],
            score=float(people.pose_scores[i]),
            bbox=[round(value, 3) for value in (x1, y1, x2 - x1, y2 - y1)],
        )
        if 'track_ids' in people:
            result['track_id'] = int(people.track_ids[i])
        results.append(result)
    return results
