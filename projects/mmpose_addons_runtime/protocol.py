"""The interface of a network for inference, in PyTorch or ONNX.

Shape letters: B crops, K keypoints, h x w the network's input. Coordinates are (x, y).
"""

from typing import Protocol

import numpy as np

from .geometry import CropGeometry
from .metadata import KeypointMetadata


class KeypointNetwork(Protocol):
    """A function from crops to keypoints.

    Attributes:
        geometry: Size and kind of its crops.
        metadata: Its keypoints.
    """

    geometry: CropGeometry
    metadata: KeypointMetadata

    def __call__(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict points (B, K, 2), input px, and scores (B, K).

        Args:
            crops: (B, h, w, 3), uint8, BGR.
        """
