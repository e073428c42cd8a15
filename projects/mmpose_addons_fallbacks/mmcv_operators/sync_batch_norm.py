"""The arithmetic of MMCV's synchronized batch normalisation (``MMSyncBN``).

MMCV exchanges means, variances and gradients between processes; these functions compute what
lies between. Inputs are (N, C, S), S pixels; statistics (C,) are biased and in float32.
"""

import torch


def sync_bn_forward_mean(input: torch.Tensor, mean: torch.Tensor) -> None:
    """Fill ``mean``."""
    mean.copy_(input.to(mean.dtype).mean((0, 2)))


def sync_bn_forward_var(input: torch.Tensor, mean: torch.Tensor, var: torch.Tensor) -> None:
    """Fill ``var`` with the mean squared distance from ``mean``."""
    var.copy_((input.to(var.dtype) - mean[:, None]).square().mean((0, 2)))


def sync_bn_forward_output(
    input: torch.Tensor,
    mean: torch.Tensor,
    var: torch.Tensor,
    weight: torch.Tensor | None,
    bias: torch.Tensor | None,
    running_mean: torch.Tensor | None,
    running_var: torch.Tensor | None,
    norm: torch.Tensor,
    std: torch.Tensor,
    output: torch.Tensor,
    eps: float,
    momentum: float,
    group_size: int,
) -> None:
    """Fill ``norm``, ``std`` and ``output``, and update the running statistics.

    The running variance is the unbiased one of ``group_size`` batches of this size.
    """
    std.copy_((var + eps).sqrt())
    norm.copy_((input.to(norm.dtype) - mean[:, None]) / std[:, None])
    result = norm
    if weight is not None and bias is not None:
        result = norm * weight[:, None] + bias[:, None]
    output.copy_(result)
    if running_mean is None or running_var is None:
        return
    count = input.shape[0] * input.shape[2] * group_size
    unbiased = var * count / (count - 1) if count > 1 else var
    running_mean.copy_(momentum * mean + (1 - momentum) * running_mean)
    running_var.copy_(momentum * unbiased + (1 - momentum) * running_var)


def sync_bn_backward_param(
    grad_output: torch.Tensor,
    norm: torch.Tensor,
    grad_weight: torch.Tensor,
    grad_bias: torch.Tensor,
) -> None:
    """Fill the gradients (C,) of weight and bias."""
    grads = grad_output.to(norm.dtype)
    grad_weight.copy_((grads * norm).sum((0, 2)))
    grad_bias.copy_(grads.sum((0, 2)))


def sync_bn_backward_data(
    grad_output: torch.Tensor,
    weight: torch.Tensor,
    grad_weight: torch.Tensor,
    grad_bias: torch.Tensor,
    norm: torch.Tensor,
    std: torch.Tensor,
    grad_input: torch.Tensor,
) -> None:
    """Fill ``grad_input`` from gradients of weight and bias that all processes averaged."""
    count = grad_output.shape[0] * grad_output.shape[2]
    through_statistics = (grad_weight[:, None] * norm + grad_bias[:, None]) / count
    grads = grad_output.to(norm.dtype) - through_statistics
    grad_input.copy_(grads * (weight / std)[:, None])
