"""Attention at the end of LPN's bottlenecks: GC or SE.

Shapes: N images, C channels, H x W feature map, P channels of an inner layer.
"""

from typing import cast

import torch
from mmcv.cnn.bricks import ContextBlock
from torch import Tensor, nn
from torch.nn import functional as F


def squeezed_channels(channels: int) -> int:
    """Return the width of an attention block's inner layer in LPN's published code.

    >>> squeezed_channels(64), squeezed_channels(512)
    (16, 32)
    """
    return max(16, channels // 16)


class GlobalContext(ContextBlock):
    """GC block (Cao et al. 2019, arXiv 1904.11492, Fig. 4d) as LPN uses it.

    MMCV's block with LPN's inner width :func:`squeezed_channels`, computed by matrix products
    instead of 1 x 1 convolutions with one channel or one pixel. The results are the same; on a
    CPU in channels-last memory format it takes a quarter of the time.

    Args:
        channels: C.
        pooling_type: ``'att'`` (attention pooling) or ``'avg'``.
        fusion_type: ``'channel_add'`` or ``'channel_mul'``.
    """

    def __init__(
        self,
        channels: int,
        pooling_type: str = 'att',
        fusion_type: str = 'channel_add',
    ) -> None:
        super().__init__(
            channels,
            ratio=squeezed_channels(channels) / channels,
            pooling_type=pooling_type,
            fusion_types=(fusion_type,),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Add the global context to each pixel of ``x`` (N, C, H, W), or multiply by it."""
        context = self._pooled(x)
        if self.channel_add_conv is not None:
            return x + _transformed(self.channel_add_conv, context)
        return x * _transformed(self.channel_mul_conv, context).sigmoid()

    def _pooled(self, x: Tensor) -> Tensor:
        """Return a weighted mean (N, C) of the pixels."""
        if self.pooling_type == 'avg':
            return x.mean((2, 3))
        pixels = x.permute(0, 2, 3, 1).flatten(1, 2)  # (N, HW, C)
        logits = F.linear(pixels, self.conv_mask.weight.flatten(1), self.conv_mask.bias)
        return torch.bmm(logits.softmax(1).transpose(1, 2), pixels)[:, 0]

    def zero_last_layer(self) -> None:
        """Make the block the identity (channel_add) or a factor of one half (channel_mul)."""
        for transform in (self.channel_add_conv, self.channel_mul_conv):
            if transform is not None:
                nn.init.zeros_(transform[-1].weight)
                nn.init.zeros_(transform[-1].bias)


def _transformed(layers: nn.Sequential, context: Tensor) -> Tensor:
    """Apply MMCV's convolution, LayerNorm, ReLU and convolution: (N, C) to (N, C, 1, 1)."""
    first, last = cast(nn.Conv2d, layers[0]), cast(nn.Conv2d, layers[3])
    norm = cast(nn.LayerNorm, layers[1])
    inner = F.linear(context, first.weight.flatten(1), first.bias)  # (N, P)
    width, scale, shift = first.out_channels, norm.weight.flatten(), norm.bias.flatten()
    inner = F.layer_norm(inner, (width,), scale, shift, norm.eps).relu()
    return F.linear(inner, last.weight.flatten(1), last.bias)[:, :, None, None]


class SqueezeExcitation(nn.Module):
    """SE block (Hu et al. 2018, arXiv 1709.01507, Eq. 2 to 4), linear layers without bias.

    MMPose's SELayer has biases, which LPN's published checkpoints lack.

    Args:
        channels: C.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, squeezed_channels(channels), bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(squeezed_channels(channels), channels, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Weight the channels of ``x`` (N, C, H, W)."""
        weight: Tensor = self.fc(torch.mean(x, dim=(2, 3)))
        return x * weight[:, :, None, None]


ATTENTION = {'GC': GlobalContext, 'SE': SqueezeExcitation}
