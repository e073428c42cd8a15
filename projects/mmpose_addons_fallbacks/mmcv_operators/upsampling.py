"""CARAFE (Wang et al., "Content-Aware ReAssembly of FEatures", 2019).

Features (N, C, H, W), masks (N, G k k, s H, s W), output (N, C, s H, s W): each output pixel is
the sum of a k x k window around its feature pixel, weighted by its own mask. Channels are
divided into G groups. Outside of the features there are zeros.
"""

import torch
import torch.nn.functional as F

from .precision import full_precision


def carafe_naive_forward(
    features: torch.Tensor,
    masks: torch.Tensor,
    output: torch.Tensor,
    kernel_size: int,
    group_size: int,
    scale_factor: int,
) -> None:
    """Fill ``output``."""
    settings = kernel_size, group_size, scale_factor
    output.copy_(_reassemble(full_precision(features), full_precision(masks), *settings))


def carafe_naive_backward(
    top_grad: torch.Tensor,
    features: torch.Tensor,
    masks: torch.Tensor,
    bottom_grad: torch.Tensor,
    mask_grad: torch.Tensor,
    kernel_size: int,
    group_size: int,
    scale_factor: int,
) -> None:
    """Fill the gradients of the features (``bottom_grad``) and the masks."""
    with torch.enable_grad():
        features = full_precision(features.detach()).requires_grad_()
        masks = full_precision(masks.detach()).requires_grad_()
        output = _reassemble(features, masks, kernel_size, group_size, scale_factor)
        top_grad = top_grad.to(output.dtype)
        gradients = torch.autograd.grad(output, [features, masks], top_grad)
    bottom_grad.copy_(gradients[0])
    mask_grad.copy_(gradients[1])


def carafe_forward(
    features: torch.Tensor,
    masks: torch.Tensor,
    rfeatures: torch.Tensor,
    routput: torch.Tensor,
    rmasks: torch.Tensor,
    output: torch.Tensor,
    kernel_size: int,
    group_size: int,
    scale_factor: int,
) -> None:
    """Fill ``output``, and ``rfeatures`` with what :func:`carafe_backward` takes."""
    rfeatures.copy_(features)
    carafe_naive_forward(features, masks, output, kernel_size, group_size, scale_factor)


def carafe_backward(
    top_grad: torch.Tensor,
    rfeatures: torch.Tensor,
    masks: torch.Tensor,
    rtop_grad: torch.Tensor,
    rbottom_grad_hs: torch.Tensor,
    rbottom_grad: torch.Tensor,
    rmask_grad: torch.Tensor,
    bottom_grad: torch.Tensor,
    mask_grad: torch.Tensor,
    kernel_size: int,
    group_size: int,
    scale_factor: int,
) -> None:
    """Fill the gradients of the features (``bottom_grad``) and the masks."""
    settings = kernel_size, group_size, scale_factor
    carafe_naive_backward(top_grad, rfeatures, masks, bottom_grad, mask_grad, *settings)


def _reassemble(
    features: torch.Tensor, masks: torch.Tensor, kernel_size: int, groups: int, scale: int
) -> torch.Tensor:
    """Add the k k shifted features one by one; all at once would need k k times the memory."""
    _, channels, height, width = features.shape
    reach = (kernel_size - 1) // 2
    padded = F.pad(features, (reach,) * 4)
    masks = masks.unflatten(1, (groups, kernel_size * kernel_size))

    def part(tap: int) -> torch.Tensor:
        y, x = divmod(tap, kernel_size)
        shifted = padded[:, :, y : y + height, x : x + width]
        shifted = shifted.repeat_interleave(scale, 2).repeat_interleave(scale, 3)
        return shifted.unflatten(1, (groups, channels // groups)) * masks[:, :, tap, None]

    output = part(0)
    for tap in range(1, kernel_size * kernel_size):
        output = output + part(tap)
    return output.flatten(1, 2)
