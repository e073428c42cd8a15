"""A frame with its poses, boxes' numbers and nothing else, as ``mmpose-addons infer`` draws."""

import cv2
import numpy as np

from mmpose_addons_core.keypoints.sides import sides_of

from .draw_pose import draw_pose
from .frames import Frame
from .metadata import KeypointMetadata
from .people import People


def drawn_frame(
    frame: Frame, people: People, metadata: KeypointMetadata, threshold: float
) -> np.ndarray:
    """Return the frame's image (H, W, 3), uint8, BGR, with its poses and the numbers of tracks.

    Args:
        frame: The frame.
        people: Its people.
        metadata: Names and skeleton.
        threshold: Keypoints with a lower score are not drawn.
    """
    image = frame.image
    sides = sides_of(metadata.names)
    for i in range(len(people)):
        shown = people.keypoint_scores[i] >= threshold
        image = draw_pose(image, people.keypoints[i], shown, metadata.skeleton, sides)
        if people.track_ids is not None:
            corner = people.bboxes[i, :2].clip(min=(2, 14)).astype(int).tolist()
            text, font = str(people.track_ids[i]), cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(image, text, corner, font, 0.5, (0, 0, 255), 1, cv2.LINE_AA)
    return image
