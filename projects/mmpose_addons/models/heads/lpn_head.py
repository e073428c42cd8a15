"""LPN's head: grouped transposed convolutions (Zhang et al. 2019, arXiv 1911.10346)."""

from collections.abc import Sequence
from math import gcd
from typing import Any

from mmcv.cnn import build_upsample_layer
from mmpose.models.heads import HeatmapHead
from mmpose.registry import MODELS
from torch import nn


@MODELS.register_module()
class LPNHead(HeatmapHead):
    """Light heatmap head (arXiv 1911.10346, Sec. 3.2 and Fig. 2).

    MMPose's HeatmapHead, where each 4 x 4 transposed convolution of stride 2 has as many
    groups as its input and output channels allow and is followed by a 1 x 1 convolution that
    mixes them: features (N, C, H, W) become heatmaps (N, K, 4 H, 4 W) with two of them. The
    initialisation is HeatmapHead's, which is the paper's.

    Args:
        in_channels: C, 512 after :class:`LPN`.
        out_channels: K.
        deconv_out_channels: Channels after each transposed convolution.
        deconv_kernel_sizes: Their kernel sizes, only 4 in the paper.
        kwargs: Further arguments of HeatmapHead.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        deconv_out_channels: Sequence[int] = (256, 256),
        deconv_kernel_sizes: Sequence[int] = (4, 4),
        **kwargs: Any,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            deconv_out_channels=deconv_out_channels,
            deconv_kernel_sizes=deconv_kernel_sizes,
            **kwargs,
        )

    def _make_deconv_layers(
        self,
        in_channels: int,
        layer_out_channels: Sequence[int],
        layer_kernel_sizes: Sequence[int],
    ) -> nn.Sequential:
        layers: list[nn.Module] = []
        for out_channels, kernel_size in zip(
            layer_out_channels, layer_kernel_sizes, strict=True
        ):
            if kernel_size not in (2, 3, 4):
                raise ValueError(f'kernel size must be 2, 3 or 4, got {kernel_size}')
            padding = (kernel_size - 1) // 2
            layers += [
                build_upsample_layer(
                    dict(
                        type='deconv',
                        in_channels=in_channels,
                        out_channels=out_channels,
                        kernel_size=kernel_size,
                        stride=2,
                        padding=padding,
                        output_padding=kernel_size % 2,
                        groups=gcd(in_channels, out_channels),
                        bias=False,
                    )
                ),
                nn.BatchNorm2d(out_channels),
                nn.ReLU(inplace=True),
                nn.Conv2d(out_channels, out_channels, kernel_size=1, bias=False),
                nn.BatchNorm2d(out_channels),
                nn.ReLU(inplace=True),
            ]
            in_channels = out_channels
        return nn.Sequential(*layers)
