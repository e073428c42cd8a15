"""Keypoints of a batch as training targets, encoded by the head's own codec.

Shape letters: B samples, K keypoints. Coordinates are (x, y) in input px.
"""

from collections.abc import Mapping

import numpy as np
import torch
from mmengine.structures import InstanceData, PixelData
from mmpose.codecs.base import BaseKeypointCodec
from mmpose.structures import PoseDataSample
from torch import Tensor

from ...codecs.heatmap_codec import HeatmapCodec

WEIGHTS = 'keypoint_weights'


def encode(
    codec: BaseKeypointCodec, points: Tensor, weights: Tensor, device: torch.device
) -> dict[str, Tensor]:
    """Encode targets of a batch by name, each (B, ...), as ``GenerateTarget`` does.

    Codecs of this package draw the whole batch at once on the device.

    Args:
        codec: Any codec of top-down heads.
        points: (B, K, 2), on the CPU.
        weights: (B, K), 0 or 1, on the CPU.
        device: Where the targets are needed.
    """
    if isinstance(codec, HeatmapCodec):
        scale = torch.from_numpy(codec.scale).to(points)
        maps, kept = codec.render_targets((points / scale).to(device), weights.to(device))
        width, height = codec.heatmap_size
        return {
            'heatmaps': maps.reshape(len(points), -1, height, width),
            WEIGHTS: kept[:, None],
        }
    encoded = [
        codec.encode(sample[None], visible[None])
        for sample, visible in zip(points.numpy(), weights.numpy(), strict=True)
    ]
    return {
        name: torch.from_numpy(np.stack([one[name] for one in encoded])).to(device)
        for name in encoded[0]
        if name in codec.field_mapping_table or name in codec.label_mapping_table
    }


def as_samples(codec: BaseKeypointCodec, targets: Mapping[str, Tensor]) -> list[PoseDataSample]:
    """Convert targets of B samples to the form that the losses of MMPose's heads read."""
    samples = []
    for row in range(len(targets[WEIGHTS])):
        sample = PoseDataSample()
        labels = InstanceData()
        for name, field in codec.label_mapping_table.items():
            if name in targets:
                labels.set_field(targets[name][row], field)
        sample.gt_instance_labels = labels
        if codec.field_mapping_table:
            fields = PixelData()
            for name, field in codec.field_mapping_table.items():
                if name in targets:
                    fields.set_field(targets[name][row], field)
            sample.gt_fields = fields
        samples.append(sample)
    return samples
