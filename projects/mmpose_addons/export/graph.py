"""A network from the bytes of a crop to keypoints, as one module that can be traced.

Shape letters: B crops, K keypoints, h x w the network's input, C x H x W heatmaps.
"""

import torch
from mmpose.codecs import SimCCLabel
from mmpose.models.heads import HeatmapHead, RegressionHead
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.models.utils.tta import flip_heatmaps
from torch import Tensor, nn

from mmpose_addons_core.networks.fuse_conv_bn import fuse_conv_bn

from ..estimators.loading import Normalise, geometry_of
from ..estimators.outputs import last_stage
from .decoding import keypoint_decoder, simcc_bins
from .errors import ExportError


class PoseGraph(nn.Module):
    """Normalisation, network, flip test and decoding of an estimator in one module.

    The input is crops (B, h, w, 3), uint8, BGR. The output is keypoints (B, K, 3), (x, y,
    score) in px of the crop, or without decoding the output of the head.

    Args:
        model: Estimator with a heatmap or regression head; it is not changed.
        decode: How to decode the keypoints (see :data:`METHODS`), or None.
        flip_test: Average with the mirrored crop.
        half: Compute the network in float16.

    Raises:
        ExportError: The head, the codec or the method cannot be exported.
    """

    def __init__(
        self,
        model: TopdownPoseEstimator,
        decode: str | None = None,
        flip_test: bool = False,
        half: bool = False,
    ) -> None:
        super().__init__()
        head = model.head
        self.regresses = isinstance(head, RegressionHead)
        codec = getattr(head, 'decoder', None)
        self.bins = simcc_bins(codec) if isinstance(codec, SimCCLabel) else None
        if not (self.regresses or isinstance(head, HeatmapHead) or hasattr(head, 'decoder')):
            raise ExportError(f'{type(head).__name__} cannot be exported')
        self.geometry = geometry_of(model.cfg)
        self.decode = None if decode is None else keypoint_decoder(head.decoder, decode)
        self.flip_test = flip_test
        self.test_cfg = model.test_cfg or {}
        self.flip_indices = list(model.dataset_meta['flip_indices'])
        self.normalise = Normalise(model.data_preprocessor)
        width, height = self.geometry.input_size
        example = torch.rand(1, 3, height, width)
        self.model: TopdownPoseEstimator = fuse_conv_bn(model.cpu(), example, None)
        self.half_network = half
        if half:
            self.model = self.model.half()

    def forward(self, crops: Tensor) -> Tensor:
        """Return keypoints (B, K, 3), or heatmaps (B, C, H, W), bins or coordinates."""
        images = self.normalise(crops)
        outputs = self._network(images)
        if self.flip_test:
            outputs = (outputs + self._mirrored(self._network(images.flip(-1)))) * 0.5
        return outputs if self.decode is None else self.decode(outputs)

    def _network(self, images: Tensor) -> Tensor:
        features = self.model.extract_feat(images.half() if self.half_network else images)
        outputs = self.model.head.forward(features)
        if self.bins is not None:  # bins along x and along y
            return torch.cat(outputs, -1).float()
        return last_stage(outputs).float().contiguous()  # for MMPose's flip test of offsets

    def _mirrored(self, outputs: Tensor) -> Tensor:
        """Return the output for the mirrored crop, mirrored back."""
        if self.bins is not None:
            outputs = outputs[:, self.flip_indices]
            return torch.cat(
                (outputs[..., : self.bins].flip(-1), outputs[..., self.bins :]), -1
            )
        if not self.regresses:
            maps = flip_heatmaps(
                outputs,
                flip_indices=self.flip_indices,
                flip_mode=self.test_cfg.get('flip_mode', 'heatmap'),
                shift_heatmap=False,
            )
            if self.test_cfg.get('shift_heatmap', False):
                maps = torch.cat((maps[..., :1], maps[..., :-1]), dim=-1)
            return maps
        outputs = outputs[:, self.flip_indices]
        shift = self.test_cfg.get('shift_coords', True) / self.geometry.input_size[0]
        x = 1 - outputs[..., :1] - shift
        return torch.cat((x, outputs[..., 1:]), dim=-1)
