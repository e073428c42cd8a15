"""The attention that closes LPN's bottlenecks: GC or SE.

Shapes: N images, C channels, H x W feature map.
"""

import torch
from mmcv.cnn.bricks import ContextBlock
from torch import Tensor, nn


def squeezed_channels(channels: int) -> int:
    """Width of the inner layer of an attention block in LPN's published code.

    >>> squeezed_channels(64), squeezed_channels(512)
    (16, 32)
    """
    return max(16, channels // 16)


class GlobalContext(ContextBlock):
    """GC block (Cao et al. 2019, arXiv 1904.11492, Fig. 4d) as LPN uses it.

    MMCV's block with LPN's inner width :func:`squeezed_channels`.

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

    def zero_last_layer(self) -> None:
        """Make the block the identity (channel_add) or a factor of one half (channel_mul)."""
        for transform in (self.channel_add_conv, self.channel_mul_conv):
            if transform is not None:
                nn.init.zeros_(transform[-1].weight)
                nn.init.zeros_(transform[-1].bias)


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
        """Weigh the channels of ``x`` (N, C, H, W)."""
        weight: Tensor = self.fc(torch.mean(x, dim=(2, 3)))
        return x * weight[:, :, None, None]


ATTENTION = {'GC': GlobalContext, 'SE': SqueezeExcitation}
