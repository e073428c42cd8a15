"""BatchNorm statistics of an estimator, estimated on the crops of unlabelled images.

Shape letters: B crops, h x w the network's input.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from mmpose.models.pose_estimators import TopdownPoseEstimator
from torch import Tensor

from mmpose_addons_core.datasets.image_crops import ImageCrops
from mmpose_addons_core.networks.batch_norm import adapt_batch_norm, mixed_batches

from .loading import Normalise, geometry_of


def adapt_to_crops(
    model: TopdownPoseEstimator,
    crops: ImageCrops,
    batch_size: int = 32,
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    """Replace all BatchNorm statistics by those of the network's own crops of images (AdaBN).

    Args:
        model: With its config as ``cfg``; changed in place.
        crops: Files and boxes; their padding is not used, that of the config is.
        batch_size: Crops of a forward pass.
        advance: Called with the number of crops after each pass.

    Returns:
        The number of crops.

    Raises:
        BatchNormError: If the network has no BatchNorm, or a statistic is not finite.
        InputError: If an image cannot be read.
        ModelError: If the config has no top-down test pipeline.
    """
    device = next(model.parameters()).device
    geometry = geometry_of(model.cfg)
    normalise = Normalise(model.data_preprocessor).to(device)
    width, height = geometry.input_size

    def batches() -> Iterator[Tensor]:
        for chosen in mixed_batches(len(crops), batch_size):
            batch = np.zeros((len(chosen), height, width, 3), np.uint8)
            for out, index in zip(batch, chosen, strict=True):
                image = crops.image(index)
                box = crops.boxes[index] or (0, 0, image.shape[1], image.shape[0])
                corners = np.array([[*box[:2], box[0] + box[2], box[1] + box[3]]], np.float32)
                centres, sizes = geometry.regions(corners)
                geometry.warp(image, centres[0], sizes[0], out)
            yield normalise(torch.from_numpy(batch).to(device))
            advance(len(batch))

    return adapt_batch_norm(
        model, lambda images: model.head.forward(model.extract_feat(images)), batches()
    )
