"""What MMPose's heads give, in one form.

Shape letters: B samples, K keypoints. Coordinates are (x, y).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.structures import InstanceData

from .geometry import CropGeometry


def last_stage(outputs: Any) -> Any:
    """The output of the last stage of a head that may have several."""
    while isinstance(outputs, (list, tuple)):
        outputs = outputs[-1]
    return outputs


def stacked_points(predicted: Sequence[InstanceData], geometry: CropGeometry) -> np.ndarray:
    """Points (B, K, 2) in input px of what a head predicts, one instance a sample.

    MMPose's codecs give :attr:`CropGeometry.codec_stretch` times the input px.
    """
    points = np.stack([np.asarray(pose.keypoints)[0, :, :2] for pose in predicted])
    return points / geometry.codec_stretch


def stacked_scores(predicted: Sequence[InstanceData]) -> np.ndarray:
    """Scores (B, K) of what a head predicts, one instance a sample."""
    return np.stack([np.asarray(pose.keypoint_scores)[0] for pose in predicted])
