"""Compare the outputs of an exported file with those of its network."""

import numpy as np
import torch
from mmpose.models.pose_estimators import TopdownPoseEstimator

from ..estimators.torch_network import TorchNetwork
from .decoding import decodes_alike
from .graph import PoseGraph


def expected_outputs(
    model: TopdownPoseEstimator, decode: str | None, flip_test: bool, crops: np.ndarray
) -> np.ndarray:
    """Compute the outputs that an exported file should have for crops.

    If the method decodes as the config's codec does, MMPose's head and that codec compute them,
    so that an error in the exported graph is found. For other methods the graph itself computes
    them.

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
    """Return the largest difference of a coordinate, px of the crop, and of a score.

    Args:
        found: Outputs of the file.
        expected: See :func:`expected_outputs`.
        decoded: Whether they are keypoints. If not, the result is the largest difference of an
            output relative to the largest output, and 0.
    """
    difference = np.abs(found - expected)
    if not decoded:
        return float(difference.max() / np.abs(expected).max()), 0.0
    return float(difference[..., :2].max()), float(difference[..., 2].max())


def keypoint_distances(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return distances (N, K) between keypoints (N, K, 3), px of the crop."""
    return np.linalg.norm((found - expected)[..., :2], axis=-1)
