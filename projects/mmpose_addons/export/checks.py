"""How far an exported file lies from the network that it was made of."""

import numpy as np
import torch
from mmpose.models.pose_estimators import TopdownPoseEstimator

from ..estimators.torch_network import TorchNetwork
from .decoding import decodes_alike
from .graph import PoseGraph


def expected_outputs(
    model: TopdownPoseEstimator, decode: str | None, flip_test: bool, crops: np.ndarray
) -> np.ndarray:
    """What an exported file should give for crops.

    Where the method decodes as the config's codec does, this is what MMPose's head and that
    codec give, not the exported graph: a mistake of the graph does not stay hidden. Other
    methods have nothing but the graph to compare with.

    Args:
        model: The estimator.
        decode: As in :class:`PoseGraph`.
        flip_test: As in :class:`PoseGraph`.
        crops: (N, h, w, 3), uint8, BGR.

    Returns:
        Keypoints (N, K, 3), (x, y, score), px of the crop; without `decode` the head's output.
    """
    if decode is None or not decodes_alike(model.head.decoder, decode):
        graph = PoseGraph(model, decode, flip_test).eval()
        with torch.no_grad():
            return graph(torch.from_numpy(crops)).numpy()
    network = TorchNetwork(model, flip_test=flip_test, fast=False)
    network.test_cfg.pop('output_keypoint_indices', None)  # the file has all keypoints
    points, scores = network(crops)
    return np.concatenate((points, scores[..., None]), axis=-1)


def largest_difference(
    found: np.ndarray, expected: np.ndarray, decoded: bool
) -> tuple[float, float]:
    """The largest difference of a coordinate, px of the crop, and of a score.

    Args:
        found: What the file gives.
        expected: See :func:`expected_outputs`.
        decoded: They are keypoints; otherwise the result is the largest difference of an output
            relative to the largest output, and 0.
    """
    difference = np.abs(found - expected)
    if not decoded:
        return float(difference.max() / np.abs(expected).max()), 0.0
    return float(difference[..., :2].max()), float(difference[..., 2].max())


def keypoint_distances(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Distances (N, K) between keypoints (N, K, 3), px of the crop."""
    return np.linalg.norm((found - expected)[..., :2], axis=-1)
