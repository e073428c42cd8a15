"""Stacked hourglass of pre-activation bottlenecks (Newell et al. 2016, arXiv 1603.06937).

Shape letters: N images, C channels, K keypoints, H x W input image.
"""

from typing import cast

import torch.nn.functional as F
from mmpose.models.backbones.base_backbone import BaseBackbone
from mmpose.registry import MODELS
from torch import Tensor, nn


class PreActBottleneck(nn.Module):
    """Three times BatchNorm, ReLU and convolution (1x1, 3x3, 1x1), and the shortcut."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        width = out_channels // 2
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, width, 1)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.bn3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out_channels, 1)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = nn.Sequential()
        if in_channels != out_channels:
            self.downsample.append(nn.Conv2d(in_channels, out_channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, h, w) to (N, C', h, w)."""
        out = self.conv1(self.relu(self.bn1(x)))
        out = self.conv2(self.relu(self.bn2(out)))
        out = self.conv3(self.relu(self.bn3(out)))
        return out + self.downsample(x)


def bottlenecks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(PreActBottleneck(channels, channels) for _ in range(count)))


class Hourglass(nn.Module):
    """Halve the map ``depth`` times, enlarge it again, and add the branch of each size.

    ``hg[i]`` works at 1 / 2 ** (depth - 1 - i) of the size: its first branch stays there, the
    second and third stand before and after what is smaller; ``hg[0]`` has a fourth, which
    is the smallest.
    """

    def __init__(self, channels: int, num_blocks: int, depth: int) -> None:
        super().__init__()
        self.hg = nn.ModuleList(
            nn.ModuleList(bottlenecks(channels, num_blocks) for _ in range(4 if i == 0 else 3))
            for i in range(depth)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, h, w) to the same shape."""
        return self._at(len(self.hg) - 1, x)

    def _at(self, i: int, x: Tensor) -> Tensor:
        blocks = cast(nn.ModuleList, self.hg[i])
        kept = blocks[0](x)
        small = blocks[1](F.max_pool2d(x, 2))
        small = self._at(i - 1, small) if i > 0 else blocks[3](small)
        small = blocks[2](small)
        return kept + F.interpolate(small, scale_factor=2.0)


@MODELS.register_module()
class HourglassPreAct(BaseBackbone):
    """The hourglass network of "Learning from Synthetic Animals" (arXiv 1912.08265).

    MMPose's ``HourglassNet`` has other blocks. Here, as in the published code, each stack's
    heatmaps go into the next stack, so the layers that make them belong to the backbone:
    images (N, 3, H, W) give one tensor of heatmaps (N, K, H / 4, W / 4) a stack. Use it with
    ``CPMHead(in_channels=K, out_channels=K, num_stages=num_stacks, final_layer=None)``, which
    has no parameters then and takes the loss of every stack.

    Layers have the names of the published checkpoints and PyTorch's initialisation, as in the
    published code.

    Args:
        num_stacks: Number of hourglasses.
        num_blocks: Bottlenecks at each place of an hourglass.
        out_channels: K.
        feat_channels: C inside the hourglasses.
        depth: How often an hourglass halves its map.
        init_cfg: See MMEngine.

    Raises:
        ValueError: ``num_stacks``, ``num_blocks`` or ``depth`` below 1, odd ``feat_channels``,
            or an image whose sides are not multiples of 4 * 2 ** depth.

    Example:
        >>> import torch
        >>> stacks = HourglassPreAct(num_stacks=2)(torch.zeros(1, 3, 64, 128))
        >>> [tuple(heatmaps.shape) for heatmaps in stacks]
        [(1, 18, 16, 32), (1, 18, 16, 32)]
    """

    def __init__(
        self,
        num_stacks: int = 4,
        num_blocks: int = 1,
        out_channels: int = 18,
        feat_channels: int = 256,
        depth: int = 4,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        counts = dict(num_stacks=num_stacks, num_blocks=num_blocks, depth=depth)
        for name, value in counts.items():
            if value < 1:
                raise ValueError(f'{name} must be at least 1, got {value}')
        if feat_channels % 2:
            raise ValueError(f'feat_channels must be even, got {feat_channels}')
        super().__init__(init_cfg=init_cfg)
        self.stride = 4 * 2**depth
        width, channels = 64, feat_channels
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(PreActBottleneck(width, 2 * width))
        self.layer2 = nn.Sequential(PreActBottleneck(2 * width, 4 * width))
        self.layer3 = nn.Sequential(PreActBottleneck(4 * width, channels))

        def each(make) -> nn.ModuleList:
            return nn.ModuleList(make() for _ in range(num_stacks))

        def between(make) -> nn.ModuleList:
            return nn.ModuleList(make() for _ in range(num_stacks - 1))

        self.hg = each(lambda: Hourglass(channels, num_blocks, depth))
        self.res = each(lambda: bottlenecks(channels, num_blocks))
        self.fc = each(
            lambda: nn.Sequential(
                nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels), nn.ReLU()
            )
        )
        self.score = each(lambda: nn.Conv2d(channels, out_channels, 1))
        self.fc_ = between(lambda: nn.Conv2d(channels, channels, 1))
        self.score_ = between(lambda: nn.Conv2d(out_channels, channels, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Map images (N, 3, H, W) to maps (N, K, H / 4, W / 4) of each stack."""
        height, width = x.shape[-2:]
        if height % self.stride or width % self.stride:
            raise ValueError(
                f'sides of the input must be multiples of {self.stride} px, '
                f'got {width} x {height} px'
            )
        x = self.layer1(self.relu(self.bn1(self.conv1(x))))
        x = self.layer3(self.layer2(F.max_pool2d(x, 2)))
        heatmaps = []
        for i, hourglass in enumerate(self.hg):
            features = self.fc[i](self.res[i](hourglass(x)))
            heatmaps.append(self.score[i](features))
            if i < len(self.fc_):
                x = x + self.fc_[i](features) + self.score_[i](heatmaps[-1])
        return tuple(heatmaps)
