"""Poses as MMPose's samples.

Shape letters: N people, K keypoints. Coordinates are (x, y) in image px.
"""

from typing import Any

import numpy as np
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample

from mmpose_addons_runtime import results
from mmpose_addons_runtime.frames import Frame
from mmpose_addons_runtime.people import People


def pose_sample(frame: Frame, people: People) -> PoseDataSample:
    """Return a sample with all people of a frame, as MMPose's inferencer merges them.

    Args:
        frame: Where they are.
        people: N.

    Returns:
        With ``pred_instances``; their ``box_index`` is the place among the boxes of the image,
        also of those that remain when others are left out.
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
        keypoints=people.keypoints,
        keypoint_scores=people.keypoint_scores,
        keypoints_visible=people.keypoint_scores.copy(),
        bboxes=people.bboxes,
        bbox_scores=people.bbox_scores,
        pose_scores=people.pose_scores,
        box_index=people.box_index,
    )
    return sample


def coco_results(
    sample: PoseDataSample, image_id: int | None = None, category_id: int | str = 1
) -> list[dict[str, Any]]:
    """Convert a sample's people to COCO's form of results, plain numbers, ready for JSON.

    Args:
        sample: Of :func:`pose_sample`; ``track_ids`` of its people are taken too.
        image_id: By default the frame's number.
        category_id: COCO's, 1 for people.

    Returns:
        See :func:`mmpose_addons_runtime.results.coco_results`.
    """
    found = sample.pred_instances
    people = People(
        found.keypoints,
        found.keypoint_scores,
        found.bboxes,
        found.bbox_scores,
        found.pose_scores,
        np.arange(len(found)),
        found.get('track_ids'),
    )
    image_id = sample.metainfo['img_id'] if image_id is None else image_id
    return results.coco_results(people, image_id, category_id)
