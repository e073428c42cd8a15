"""A frame with its poses, boxes' numbers and nothing else, as ``mmpose-addons infer`` draws."""

import cv2
import numpy as np
from mmpose.structures import PoseDataSample

from ..estimators.metadata import KeypointMetadata
from ..visualization import draw_pose
from .frames import Frame


def drawn_frame(
    frame: Frame, sample: PoseDataSample, metadata: KeypointMetadata, threshold: float
) -> np.ndarray:
    """Return the frame's image (H, W, 3), uint8, BGR, with its poses and the numbers of tracks.

    Args:
        frame: The frame.
        sample: Its people.
        metadata: Names and skeleton.
        threshold: Keypoints with a lower score are not drawn.
    """
    image = frame.image
    people = sample.pred_instances
    for i in range(len(people)):
        shown = people.keypoint_scores[i] >= threshold
        image = draw_pose(image, people.keypoints[i], shown, metadata.names, metadata.skeleton)
        if 'track_ids' in people:
            corner = people.bboxes[i, :2].clip(min=(2, 14)).astype(int).tolist()
            text, font = str(people.track_ids[i]), cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(image, text, corner, font, 0.5, (0, 0, 255), 1, cv2.LINE_AA)
    return image
