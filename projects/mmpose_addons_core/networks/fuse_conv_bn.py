"""Fuse BatchNorm into the convolution before it, for faster inference."""

import copy

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

TOLERANCE = 1e-3
"""Largest difference of an output after fusion, as a share of the output's maximum."""


def fuse_conv_bn(network: nn.Module, *example: Tensor | None) -> nn.Module:
    """Copy a network and fuse each BatchNorm that directly follows a convolution.

    A convolution that several parts of the network share becomes one for each BatchNorm.

    The order of modules is that of their registration, which is not always the order in which
    they run. So the copy and the original both run on an example; if their outputs differ, the
    original is returned.

    Args:
        network: In eval mode.
        example: Arguments to call the network with.
    """
    copied = copy.deepcopy(network)
    _fold_children(copied)
    with torch.no_grad():
        pairs = list(zip(_tensors(network(*example)), _tensors(copied(*example)), strict=True))
    same = all(
        (old - new).abs().max() <= TOLERANCE * old.abs().max().clamp(min=1e-6)
        for old, new in pairs
    )
    return copied if same else network


def fold_batch_norm(conv: nn.Conv2d | nn.ConvTranspose2d, norm: _BatchNorm) -> None:
    """Change a convolution's weights and bias so that it also applies the norm."""
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise ValueError('expected a BatchNorm with running statistics, got one without')
    variance = variance + norm.eps
    factor = (1.0 if norm.weight is None else norm.weight) / variance.sqrt()
    if isinstance(conv, nn.ConvTranspose2d):  # (in, out / groups, kh, kw)
        groups = conv.weight.unflatten(0, (conv.groups, -1))
        weight = (groups * factor.view(conv.groups, 1, -1, 1, 1)).flatten(0, 1)
    else:
        weight = conv.weight * factor[:, None, None, None]
    bias = -mean if conv.bias is None else conv.bias - mean
    bias = bias * factor + (0.0 if norm.bias is None else norm.bias)
    conv.weight, conv.bias = (nn.Parameter(value.detach()) for value in (weight, bias))


def _fold_children(module: nn.Module) -> None:
    conv, conv_name = None, ''
    for name, child in module.named_children():
        if isinstance(child, _BatchNorm):
            if conv is not None:
                own = copy.deepcopy(conv)
                fold_batch_norm(own, child)
                setattr(module, conv_name, own)
                setattr(module, name, nn.Identity())
            conv = None
        elif isinstance(child, (nn.Conv2d, nn.ConvTranspose2d)):
            conv, conv_name = child, name
        else:
            conv = None
            _fold_children(child)


def _tensors(value: object) -> list[Tensor]:
    """Return the tensors in nested lists and tuples."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _tensors(item)]
    return []
