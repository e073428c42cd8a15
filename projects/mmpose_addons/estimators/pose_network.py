"""MMPose's top-down estimators as the ``Network`` of ``adaptation.Labeller``.

Shape letters: B images, K keypoints, h x w the network's input, H x W a heatmap.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from mmpose.models.pose_estimators import TopdownPoseEstimator
from torch import Tensor, nn

from mmpose_addons_runtime.geometry import CropGeometry

from ..codecs.heatmap_codec import HeatmapCodec
from .outputs import (
    finite_rows,
    forward_gives,
    last_stage,
    map_tensors,
    stacked_points,
    stacked_scores,
)


class PoseNetwork:
    """Heatmaps and keypoints in input px of an estimator with any head and codec.

    Args:
        model: Any backbone, neck and head.
        flip_indices: For each of the K keypoints its mirror image's index.
        geometry: Size and kind of its crops.
    """

    def __init__(
        self,
        model: TopdownPoseEstimator,
        flip_indices: Sequence[int],
        geometry: CropGeometry,
    ) -> None:
        self.model = model
        self.flip_indices = list(flip_indices)
        self.geometry = geometry
        std = getattr(model.data_preprocessor, 'std', None)
        self.full_range = 255.0 if std is None else 255.0 / std
        self._map_size = self._look()

    @property
    def has_heatmaps(self) -> bool:
        """Whether the head predicts one heatmap per keypoint."""
        return self._map_size is not None

    @property
    def map_scale(self) -> np.ndarray:
        """Input px per heatmap px, (x, y)."""
        decoder = self.model.head.decoder
        scale = getattr(decoder, 'scale', getattr(decoder, 'scale_factor', None))
        if scale is None:
            scale = np.divide(self.geometry.input_size, self._map_size or 1)
        return np.ones(2) * np.asarray(scale, np.float64)

    def maps(self, images: Tensor) -> Tensor:
        """Return the heatmaps (B, K, H, W) of the last stage."""
        return last_stage(self.model.head.forward(self.model.extract_feat(images)))

    def decode_heatmaps(self, maps: Tensor) -> Tensor:
        """Decode keypoints (B, K, 2) of heatmaps by the head's codec."""
        return self._keypoints(self.model.head.decode(maps.contiguous())).to(maps.device)

    def points(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Predict keypoints (B, K, 2) and scores (B, K) as the head does."""
        points, scores = self.predict(images)
        return points.to(images.device), scores.to(images.device)

    def predict(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Predict keypoints (B, K, 2) and scores (B, K) on the CPU, for any head.

        Codecs of this package decode where the images are; for others the outputs of the
        batch are copied to the CPU together. Samples with NaN or infinite outputs have NaN
        scores.
        """
        head = self.model.head
        feats = self.model.extract_feat(images)
        outputs = head.forward(feats)
        finite = finite_rows(outputs)
        on_device = isinstance(head.decoder, HeatmapCodec)
        outputs = map_tensors(
            lambda part: (part if on_device else part.cpu()).float().nan_to_num(0.0), outputs
        )
        with forward_gives(head, outputs):
            found = head.predict(feats, [], test_cfg={})
        scores = torch.from_numpy(stacked_scores(found).astype(np.float32))
        scores[~finite.cpu()] = torch.nan
        return self._keypoints(found), scores

    def _keypoints(self, found: Sequence) -> Tensor:
        points = stacked_points(found, self.geometry)
        return torch.from_numpy(points.astype(np.float32))

    @torch.no_grad()
    def _look(self) -> tuple[int, int] | None:
        """Find the size (W, H) of the maps by one forward pass; None without maps."""
        width, height = self.geometry.input_size
        device = next(self.model.parameters()).device
        with evaluating(self.model):
            maps = self.maps(torch.zeros(1, 3, height, width, device=device))
        if not isinstance(maps, Tensor) or maps.ndim != 4:
            return None
        if maps.shape[1] != len(self.flip_indices):
            return None  # offsets rotate with the view, so their average has no meaning
        return maps.shape[3], maps.shape[2]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Set eval mode for a block, and restore the mode of each module after it."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
