"""LPN's backbone: a ResNet of light bottlenecks (Zhang et al. 2019, arXiv 1911.10346)."""

from typing import Any

from mmcv.cnn import build_conv_layer
from mmpose.models.backbones.resnet import Bottleneck, ResNet
from mmpose.registry import MODELS
from torch import Tensor, nn

from ..layers.channel_attention import ATTENTION, GlobalContext


class LightBottleneck(Bottleneck):
    """1x1, depthwise 3x3, 1x1, attention, and the shortcut (Fig. 3 of the paper).

    Args:
        attention: ``'GC'``, ``'SE'`` or None; None has no parameters.
        attention_cfg: Further arguments of the attention block.
        kwargs: Arguments of MMPose's Bottleneck.
    """

    expansion = 1

    def __init__(
        self,
        *args: Any,
        attention: str | None = 'GC',
        attention_cfg: dict | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.conv2 = build_conv_layer(
            self.conv_cfg,
            self.mid_channels,
            self.mid_channels,
            kernel_size=3,
            stride=self.conv2_stride,
            padding=self.dilation,
            dilation=self.dilation,
            groups=self.mid_channels,
            bias=False,
        )
        if attention is None:
            self.att = nn.Identity()
        else:
            self.att = ATTENTION[attention](self.out_channels, **(attention_cfg or {}))

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to (N, C', H / stride, W / stride)."""
        out = self.relu(self.norm1(self.conv1(x)))
        out = self.relu(self.norm2(self.conv2(out)))
        out = self.att(self.norm3(self.conv3(out)))
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(out + shortcut)


@MODELS.register_module()
class LPN(ResNet):
    """Lightweight Pose Network's backbone (arXiv 1911.10346, Sec. 3.2).

    MMPose's ResNet with :class:`LightBottleneck`, whose last stage keeps the resolution:
    input (N, 3, H, W), last output (N, 512, H / 16, W / 16). Trained from scratch.

    Without checkpoint every convolution starts as N(0, 0.001) and BatchNorm as (1, 0), as in
    the published code; deviation: there the same rule also overwrites the zeros of the GC
    block's last layer; here they remain, as in the GC paper.

    Args:
        depth: 50, 101 or 152.
        attention: ``'GC'`` (the paper's best), ``'SE'`` or None.
        attention_cfg: Further arguments of the attention block, for GC ``pooling_type``
            (``'att'`` or ``'avg'``) and ``fusion_type`` (``'channel_add'`` or
            ``'channel_mul'``).
        strides: Stride of each stage.
        init_cfg: See MMEngine; default: the rule above.
        kwargs: Further arguments of MMPose's ResNet, ``out_indices`` for instance.

    Raises:
        ValueError: unknown depth or attention.

    Example:
        >>> import torch
        >>> features = LPN(depth=50)(torch.zeros(1, 3, 64, 48))
        >>> features[0].shape
        torch.Size([1, 512, 4, 3])
    """

    arch_settings = {
        50: (LightBottleneck, (3, 4, 6, 3)),
        101: (LightBottleneck, (3, 4, 23, 3)),
        152: (LightBottleneck, (3, 8, 36, 3)),
    }

    def __init__(
        self,
        depth: int,
        attention: str | None = 'GC',
        attention_cfg: dict | None = None,
        strides: tuple[int, ...] = (1, 2, 2, 1),
        init_cfg: dict | list[dict] | None = None,
        **kwargs: Any,
    ) -> None:
        if depth not in self.arch_settings:
            raise ValueError(f'depth must be one of {[*self.arch_settings]}, got {depth}')
        if attention is not None and attention not in ATTENTION:
            raise ValueError(
                f'attention must be one of {[*ATTENTION, None]}, got {attention!r}'
            )
        self._attention = dict(attention=attention, attention_cfg=attention_cfg)
        self._published_rule = init_cfg is None
        if init_cfg is None:
            init_cfg = [
                dict(type='Normal', layer=['Conv2d', 'Linear'], std=0.001),
                dict(type='Constant', layer=['_BatchNorm', 'LayerNorm'], val=1),
            ]
        super().__init__(
            depth,
            strides=strides,
            zero_init_residual=False,
            init_cfg=init_cfg,
            **kwargs,
        )

    def init_weights(self) -> None:
        """Apply ``init_cfg``; by the default rule GC blocks start as the identity."""
        super().init_weights()
        if self._published_rule:
            for module in self.modules():
                if isinstance(module, GlobalContext):
                    module.zero_last_layer()

    def make_res_layer(self, **kwargs: Any) -> nn.Module:
        """Build a stage; pass the choice of attention on to its bottlenecks."""
        return super().make_res_layer(**kwargs, **self._attention)
