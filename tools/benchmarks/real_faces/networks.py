"""Networks of MMPose as functions of crops: their loss in training, their landmarks in tests.

The losses are those that MMPose's heads compute, without the accuracy that the heads report
beside them: it copies each batch to the CPU.

Shape letters: B crops, K landmarks, h x w a heatmap. Coordinates are (x, y) in input px.
"""

from threading import Lock
from typing import NamedTuple

import numpy as np
import torch
from mmengine.registry import init_default_scope
from mmpose.registry import KEYPOINT_CODECS, MODELS
from torch import Tensor, nn
from torch.nn import functional

from mmpose_addons_core.heatmaps import gaussian_heatmaps

from .arms import Arm, loss_config, model_config

BUILD = Lock()
"""Weights are drawn from PyTorch's global stream, one network at a time."""


class SmoothL1InPixels(nn.Module):
    """Smooth L1 that changes over at 1 input px; MMPose's changes at the whole input's size.

    Args:
        beta: Where it changes, share of the input.
    """

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, output: Tensor, target: Tensor, weights: Tensor) -> Tensor:
        return functional.smooth_l1_loss(output * weights, target * weights, beta=self.beta)


class Targets(NamedTuple):
    """What a batch is to learn.

    Args:
        labels: (B, K, 2), landmarks as shares of the input.
        weights: (B, K), 1.
        heatmaps: (B, K, h, w), or empty where the network has none.
        heatmap_weights: (B, K), 0 where a landmark is outside the map.
    """

    labels: Tensor
    weights: Tensor
    heatmaps: Tensor
    heatmap_weights: Tensor


class Network(nn.Module):
    """The network of an arm.

    Args:
        arm: What it is.
        seed: Of its first weights.
        mean: (K, 2), mean landmarks as shares of the input, for arms that start there.
    """

    def __init__(self, arm: Arm, seed: int, mean: Tensor | None = None) -> None:
        super().__init__()
        config, codec = model_config(arm)
        with BUILD, torch.random.fork_rng(devices=[]):
            init_default_scope('mmpose')
            torch.manual_seed(seed)
            self.model = MODELS.build(config)
            self.model.init_weights()
        head = self.model.head
        if arm.mean_start and mean is not None:
            with torch.no_grad():
                head.fc.bias.copy_(mean.flatten())
        self.codec = KEYPOINT_CODECS.build(codec) if codec else None
        scale = torch.as_tensor(self.codec.scale if self.codec else (1.0, 1.0))
        self.register_buffer('scale', scale.float(), persistent=False)
        self.size: int = head.decoder.input_size[0]
        self.regresses = hasattr(head, 'fc')
        self.loss = head.loss_module
        if arm.loss == 'smooth L1 in px':
            self.loss = SmoothL1InPixels(1 / self.size)
        self.first = None
        if arm.first:
            first = loss_config(arm.first, (self.size, self.size), not self.regresses)
            self.first = MODELS.build(first)

    def targets(self, landmarks: Tensor) -> Targets:
        """Encode targets of landmarks (B, K, 2)."""
        weights = torch.ones_like(landmarks[..., 0])
        maps = heatmap_weights = weights.new_zeros(0)
        if self.codec is not None:
            maps, heatmap_weights = gaussian_heatmaps(
                landmarks / self.scale,
                weights,
                self.codec.heatmap_size,
                self.codec.sigma,
                unbiased=self.codec.unbiased,
                truncated=self.codec.truncated,
            )
        return Targets(landmarks / self.size, weights, maps, heatmap_weights)

    def forward(self, images: Tensor, targets: Targets, loss: nn.Module) -> Tensor:
        """Return the loss, a scalar, as the head computes it with `loss` for the landmarks."""
        head = self.model.head
        features = self.model.extract_feat(images)
        output = head.forward(features)
        if not self.regresses:
            return loss(output, targets.heatmaps, targets.heatmap_weights)
        value = loss(output, targets.labels, targets.weights[..., None])
        if self.codec is not None:
            branch = head.auxiliary
            found = branch.forward((features[head.stage],))
            value = value + branch.loss_module(found, targets.heatmaps, targets.heatmap_weights)
        return value

    @torch.no_grad()
    def landmarks(self, images: Tensor) -> Tensor:
        """Predict landmarks (B, K, 2) of images (B, 3, size, size), in evaluation mode."""
        self.eval()
        output = self.model.head.forward(self.model.extract_feat(images))
        if self.regresses:
            return output * self.size
        if not output.isfinite().all():  # a training that diverged
            return output.new_full((*output.shape[:2], 2), float('nan'))
        points, _ = self.model.head.decoder.batch_decode(output)
        return torch.from_numpy(np.concatenate(points)).to(images.device)


def gradients(loss: nn.Module, labels: Tensor, landmarks: Tensor, size: int) -> Tensor:
    """Return |d loss / d coordinate| (B, K, 2) of a regression loss.

    Args:
        loss: As :attr:`Network.loss`.
        labels: (B, K, 2), input px.
        landmarks: (B, K, 2), predicted, input px.
        size: Of the input, px.
    """
    predicted = (landmarks / size).detach().requires_grad_()
    weights = torch.ones_like(labels[..., :1])
    value = loss(predicted, labels / size, weights)
    return torch.autograd.grad(value, predicted)[0].abs()
