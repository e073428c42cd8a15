"""Random weights that give a detector boxes of many sizes and scores."""

import cv2
import numpy as np
import torch
from torch import nn


def spread(network, input_size, rng, images=64, score=3.0, mean_score=-2.0):
    """Change a ``DetectorNetwork`` of RTMDet or YOLOX in place.

    BatchNorm gets the statistics of random images, and the last convolutions are scaled so
    that logits have this mean and spread and boxes a size of some strides.

    Args:
        network: With random weights.
        input_size: (w, h), px.
        rng: Of the weights and images.
        images: Number of images for the statistics.
        score, mean_score: Standard deviation and mean of the logits.
    """
    model, (width, height) = network.model, input_size
    torch.manual_seed(int(rng.integers(1 << 30)))
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    many = torch.from_numpy(np.stack([padded(rng, height, width) for _ in range(images)]))
    pixels = many.permute(0, 3, 1, 2).float()
    norm = model.data_preprocessor
    if norm._enable_normalize:
        pixels = (pixels - norm.mean) / norm.std
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for module in norms:
        nn.init.constant_(module.weight, 0.3)  # nearly linear activations amplify no error
        module.momentum = None
        module.reset_running_stats()
    with torch.no_grad():
        model.train()
        model(pixels)
        model.eval()
        head = model.bbox_head
        is_rtmdet = hasattr(head, 'rtm_reg')
        aims = [('cls', score, mean_score)]
        aims += [('reg', 0.7, 2.0)] if is_rtmdet else [('reg', 0.1, 1.0), ('obj', 1.0, 1.0)]
        for (name, deviation, mean), levels in zip(aims, model(pixels), strict=True):
            layers = getattr(head, f'rtm_{name}' if is_rtmdet else f'multi_level_conv_{name}')
            for layer, level, stride in zip(layers, levels, (8, 16, 32), strict=True):
                unit = stride if is_rtmdet and name == 'reg' else 1
                values = level.transpose(0, 1).flatten(1) / unit
                factor = deviation / values.std(dim=1)
                layer.weight *= factor[:, None, None, None]
                layer.bias.copy_((layer.bias - values.mean(dim=1)) * factor + mean)


def padded(rng, height, width):
    """Return blots in the upper left part of a black image."""
    image = blots(rng, height, width)
    image[int(rng.uniform(0.4, 2) * height) :] = 0
    image[:, int(rng.uniform(0.4, 2) * width) :] = 0
    return image


def blots(rng, height, width):
    """Return an image (height, width, 3), uint8, whose parts differ at every scale."""
    total = np.zeros((height, width, 3))
    for cells in (2, 5, 13, 40):
        noise = rng.uniform(-1, 1, (cells, cells, 3))
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(128 + 60 * total, 0, 255).astype(np.uint8)
