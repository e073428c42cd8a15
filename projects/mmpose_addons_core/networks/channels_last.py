"""Channels-last memory format, in which depthwise and pointwise convolutions run faster."""

from typing import Any

import torch
from torch import Tensor, nn


def to_channels_last(network: nn.Module) -> nn.Module:
    """Convert the weights, and with them the features, to channels-last memory, in place.

    The output of a head's ``final_layer`` keeps the default format, because MMPose's flip test
    of offset maps needs it.
    """
    for name, layer in network.named_modules():
        if name.split('.')[-1] == 'final_layer':
            layer.register_forward_hook(_contiguous)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _contiguous(layer: nn.Module, args: Any, maps: Tensor) -> Tensor:
    return maps.contiguous()
