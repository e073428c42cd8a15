"""Run MMPose's estimators as a function from crops to keypoints.

Shape letters: B crops, K keypoints, h x w the network's input. Coordinates are (x, y).
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.structures import PoseDataSample
from torch import Tensor

from mmpose_addons_core.networks.channels_last import to_channels_last
from mmpose_addons_core.networks.fuse_conv_bn import fuse_conv_bn
from mmpose_addons_runtime.metadata import KeypointMetadata

from .devices import to_device
from .loading import Normalise, geometry_of, load_pose_model
from .outputs import stacked_points, stacked_scores


class TorchNetwork:
    """Predict keypoints of crops by an estimator of MMPose, with any head and codec.

    This package's codecs decode on the device of the network, MMPose's codecs on the CPU.

    Args:
        config, checkpoint: As for :func:`load_pose_model`; or a built model as config.
        device: Where to compute.
        flip_test: Average with the mirrored crop; None: as the config says.
        fast: Fuse BatchNorm into convolutions, and use channels-last memory format.

    Raises:
        ModelError: Config or checkpoint are not usable.
    """

    def __init__(
        self,
        config: str | Path | Config | TopdownPoseEstimator,
        checkpoint: str | Path | None = None,
        device: str | torch.device = 'cpu',
        flip_test: bool | None = None,
        fast: bool = True,
    ) -> None:
        if isinstance(config, TopdownPoseEstimator):
            model = to_device(config, device).eval()
        else:
            model = load_pose_model(config, checkpoint, device)
        self.device = torch.device(device)
        self.geometry = geometry_of(model.cfg)
        self.metadata = KeypointMetadata.of_dataset(model.dataset_meta)
        self.normalise = Normalise(model.data_preprocessor).to(device)
        if fast:
            width, height = self.geometry.input_size
            example = torch.rand(1, 3, height, width, device=device)
            model = to_channels_last(fuse_conv_bn(model, example, None))
        self.layout = torch.channels_last if fast else torch.contiguous_format
        self.model = model
        self.test_cfg = dict(model.test_cfg or {}, output_heatmaps=False)
        if flip_test is not None:
            self.test_cfg['flip_test'] = flip_test

    @torch.no_grad()
    def __call__(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict points (B, K, 2), input px, and scores (B, K).

        Args:
            crops: (B, h, w, 3), uint8, BGR.
        """
        images = self.normalise(torch.from_numpy(crops).to(self.device))
        images = images.contiguous(memory_format=self.layout)
        found = self.model.head.predict(
            self.features(images), [self._sample()] * len(crops), test_cfg=self.test_cfg
        )
        if isinstance(found, tuple):
            found = found[0]
        points, scores = stacked_points(found, self.geometry), stacked_scores(found)
        chosen = self.test_cfg.get('output_keypoint_indices')
        if chosen is not None:
            points, scores = points[:, chosen], scores[:, chosen]
        return points, scores

    def features(self, images: Tensor) -> Any:
        """Return the input of the head: features, or a list of two for the flip test."""
        if not self.test_cfg.get('flip_test', False):
            return self.model.extract_feat(images)
        return [self.model.extract_feat(images), self.model.extract_feat(images.flip(-1))]

    def _sample(self) -> PoseDataSample:
        """Return the fields of a sample that heads read when they predict."""
        return PoseDataSample(
            metainfo=dict(
                flip_indices=list(self.metadata.flip_indices),
                input_size=self.geometry.input_size,
            )
        )
