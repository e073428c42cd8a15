"""Deformable convolutions (Dai et al., 2017; Zhu et al., 2018) by torchvision.

Shapes: input (N, C, H, W), weight (O, C / groups, kh, kw), offset (N, 2 G kh kw, H', W') with
y before x, mask (N, G kh kw, H', W'), output (N, O, H', W'), for G deformable groups. Scratch
tensors (columns, ones) and ``im2col_step`` are not needed and stay as they are. MMCV passes the
settings by keyword: strides, paddings, dilations, groups.
"""

import torch

from .precision import full_precision, kernel

FAR = 1e6  # pixels outside of every feature map


def deform_conv_forward(
    input: torch.Tensor,
    weight: torch.Tensor,
    offset: torch.Tensor,
    output: torch.Tensor,
    columns: torch.Tensor,
    ones: torch.Tensor,
    **settings: int,
) -> None:
    """Fill ``output``; there is neither mask nor bias."""
    output.copy_(_forward(input, weight, offset, None, None, _plain(**settings)))


def deform_conv_backward_input(
    input: torch.Tensor,
    offset: torch.Tensor,
    grad_output: torch.Tensor,
    grad_input: torch.Tensor,
    grad_offset: torch.Tensor,
    weight: torch.Tensor,
    columns: torch.Tensor,
    **settings: int,
) -> None:
    """Fill ``grad_input`` and ``grad_offset``."""
    tensors = input, weight, offset, None, None
    gradients = _backward(grad_output, *tensors, _plain(**settings))
    grad_input.copy_(gradients[0])
    grad_offset.copy_(gradients[2])


def deform_conv_backward_parameters(
    input: torch.Tensor,
    offset: torch.Tensor,
    grad_output: torch.Tensor,
    grad_weight: torch.Tensor,
    columns: torch.Tensor,
    ones: torch.Tensor,
    scale: float,
    **settings: int,
) -> None:
    """Add ``scale`` times the gradient to ``grad_weight``."""
    weight = torch.zeros_like(grad_weight)  # its gradient does not depend on it
    tensors = input, weight, offset, None, None
    gradients = _backward(grad_output, *tensors, _plain(**settings))
    grad_weight.add_(gradients[1].to(grad_weight), alpha=scale)


def modulated_deform_conv_forward(
    input: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor,
    ones: torch.Tensor,
    offset: torch.Tensor,
    mask: torch.Tensor,
    output: torch.Tensor,
    columns: torch.Tensor,
    with_bias: bool,
    **settings: int,
) -> None:
    """Fill ``output``; each sample is multiplied by the mask.

    Offset and mask may be larger than the output, as in DyHead: their first elements count.
    """
    offset, mask = _first(offset, output), _first(mask, output)
    tensors = input, weight, offset, mask, bias if with_bias else None
    output.copy_(_forward(*tensors, _modulated(**settings)))


def modulated_deform_conv_backward(
    input: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor,
    ones: torch.Tensor,
    offset: torch.Tensor,
    mask: torch.Tensor,
    columns: torch.Tensor,
    grad_input: torch.Tensor,
    grad_weight: torch.Tensor,
    grad_bias: torch.Tensor,
    grad_offset: torch.Tensor,
    grad_mask: torch.Tensor,
    grad_output: torch.Tensor,
    with_bias: bool,
    **settings: int,
) -> None:
    """Fill the gradients; that of the bias only with ``with_bias``."""
    tensors = input, weight, _first(offset, grad_output), _first(mask, grad_output)
    used_bias = bias if with_bias else None
    gradients = _backward(grad_output, *tensors, used_bias, _modulated(**settings))
    grad_input.copy_(gradients[0])
    grad_weight.copy_(gradients[1])
    for place, gradient in ((grad_offset, gradients[2]), (grad_mask, gradients[3])):
        flat = torch.zeros_like(place).flatten(1)
        flat[:, : gradient[0].numel()] = gradient.flatten(1)
        place.copy_(flat.view(place.shape))
    if with_bias:
        grad_bias.copy_(gradients[4])


def _plain(
    *,
    kW: int,
    kH: int,
    dW: int,
    dH: int,
    padW: int,
    padH: int,
    dilationW: int,
    dilationH: int,
    group: int,
    deformable_group: int,
    im2col_step: int,
) -> tuple[int, ...]:
    """Order MMCV's settings of a convolution without mask as :func:`_forward` takes them."""
    return dH, dW, padH, padW, dilationH, dilationW, group, deformable_group


def _modulated(
    *,
    kernel_h: int,
    kernel_w: int,
    stride_h: int,
    stride_w: int,
    pad_h: int,
    pad_w: int,
    dilation_h: int,
    dilation_w: int,
    group: int,
    deformable_group: int,
) -> tuple[int, ...]:
    """Order MMCV's settings of a convolution with mask as :func:`_forward` takes them."""
    strides, pads, dilations = (stride_h, stride_w), (pad_h, pad_w), (dilation_h, dilation_w)
    return *strides, *pads, *dilations, group, deformable_group


def _first(maps: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
    """Cut maps (N, C, ...) to their first elements in the output's size, (N, C, H', W')."""
    size = output.shape[2:]
    if maps.shape[2:] == size or maps[0, 0].numel() < size.numel():
        return maps  # torchvision raises an error about the shapes
    return maps.flatten(1)[:, : maps.shape[1] * size.numel()].unflatten(1, (-1, *size))


def _forward(
    input: torch.Tensor,
    weight: torch.Tensor,
    offset: torch.Tensor,
    mask: torch.Tensor | None,
    bias: torch.Tensor | None,
    settings: tuple[int, ...],
) -> torch.Tensor:
    """Convolve by strides, paddings, dilations (y before x), groups, deformable groups."""
    tensors = _tensors(input, weight, offset, mask, bias)
    return kernel('deform_conv2d')(*tensors, *settings, mask is not None)


def _backward(
    grad_output: torch.Tensor,
    input: torch.Tensor,
    weight: torch.Tensor,
    offset: torch.Tensor,
    mask: torch.Tensor | None,
    bias: torch.Tensor | None,
    settings: tuple[int, ...],
) -> list[torch.Tensor]:
    """Return the gradients of input, weight, offset, mask and bias."""
    tensors = _tensors(input, weight, offset, mask, bias)
    backward = kernel('_deform_conv2d_backward')
    grad_output = full_precision(grad_output).contiguous()
    gradients = list(backward(grad_output, *tensors, *settings, mask is not None))
    inside = _inside(offset, input.shape[2:], weight.shape[2:], settings)
    gradients[2] = (gradients[2].view_as(inside) * inside).view_as(offset)
    return gradients


def _inside(
    offset: torch.Tensor,
    size: torch.Size,
    kernel_size: torch.Size,
    settings: tuple[int, ...],
) -> torch.Tensor:
    """Return which samples (N, G, kh, kw, 2, H', W') have a gradient by their position.

    A sample exactly one pixel outside has none in MMCV and a one-sided one in torchvision.
    Training starts with zero offsets, which give such samples at every padded border.
    """
    positions = full_precision(offset).unflatten(1, (settings[-1], *kernel_size, 2))
    inside = torch.ones_like(positions[:, :, :, :, :1], dtype=torch.bool)
    for axis in (0, 1):
        stride, padding, dilation = settings[axis], settings[2 + axis], settings[4 + axis]
        steps = torch.arange(offset.shape[2 + axis], device=offset.device) * stride - padding
        taps = torch.arange(kernel_size[axis], device=offset.device) * dilation
        shape = (-1, 1, 1, 1, 1) if axis == 0 else (-1, 1, 1, 1)
        origin = taps.view(shape) + steps.view((-1, 1) if axis == 0 else (-1,))
        position = positions[:, :, :, :, axis : axis + 1] + origin
        inside &= (position > -1) & (position < size[axis])
    return inside.expand_as(positions)


def _tensors(
    input: torch.Tensor,
    weight: torch.Tensor,
    offset: torch.Tensor,
    mask: torch.Tensor | None,
    bias: torch.Tensor | None,
) -> list[torch.Tensor]:
    """Convert tensors to one precision, with empty ones for None, for torchvision's kernels.

    A NaN among the offsets would let torchvision read outside of the input. It samples zeros,
    as in MMCV.
    """
    offset = offset.nan_to_num(nan=-FAR).clamp(-FAR, FAR)
    if mask is None:
        mask = input.new_zeros((len(input), 0))
    if bias is None:
        bias = input.new_zeros(len(weight))
    return [full_precision(t).contiguous() for t in (input, weight, offset, mask, bias)]
