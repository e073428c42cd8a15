"""Focal loss (Lin et al., "Focal Loss for Dense Object Detection", 2017) and its gradient.

N samples, C classes. ``weight`` has a factor for each class of the target, or no element. A
target outside 0..C-1 is background for the sigmoid, and no loss for the softmax if negative.
Logarithms are bounded below by that of the smallest normal float32, as in MMCV.
"""

import torch

from .precision import full_precision

SMALLEST = torch.finfo(torch.float32).tiny


def sigmoid_focal_loss_forward(
    input: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor,
    output: torch.Tensor,
    gamma: float,
    alpha: float,
) -> None:
    """Fill ``output`` (N, C) from logits (N, C) and classes (N,).

    ``-alpha (1 - p)^gamma log p`` for the target's class, ``-(1 - alpha) p^gamma log(1 - p)``
    for the others, where p is the sigmoid.
    """
    p = full_precision(input).sigmoid()
    positive = -alpha * (1 - p) ** gamma * _log(p)
    negative = -(1 - alpha) * p**gamma * _log(1 - p)
    loss = torch.where(_one_hot(target, p), positive, negative)
    output.copy_(_weighted(loss, target, weight))


def sigmoid_focal_loss_backward(
    input: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor,
    grad_input: torch.Tensor,
    gamma: float,
    alpha: float,
) -> None:
    """Fill ``grad_input`` (N, C) with the derivative of each loss by its logit."""
    p = full_precision(input).sigmoid()
    positive = -alpha * (1 - p) ** gamma * (1 - p - gamma * p * _log(p))
    negative = -(1 - alpha) * p**gamma * (gamma * (1 - p) * _log(1 - p) - p)
    slope = torch.where(_one_hot(target, p), positive, negative)
    grad_input.copy_(_weighted(slope, target, weight))


def softmax_focal_loss_forward(
    input: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor,
    output: torch.Tensor,
    gamma: float,
    alpha: float,
) -> None:
    """Fill ``output`` (N,) from probabilities (N, C) and classes (N,).

    ``-alpha (1 - p)^gamma log p``, where p is the probability of the target's class.
    """
    p = _of_target(full_precision(input), target)
    loss = -alpha * (1 - p) ** gamma * _log(p)
    loss = torch.where(target >= 0, loss, 0)
    output.copy_(_weighted(loss[:, None], target, weight)[:, 0])


def softmax_focal_loss_backward(
    input: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor,
    buff: torch.Tensor,
    grad_input: torch.Tensor,
    gamma: float,
    alpha: float,
) -> None:
    """Fill ``grad_input`` (N, C) with derivatives by the logits of the softmax.

    ``buff`` (N,) is filled with the loss's derivative by log p.
    """
    softmax = full_precision(input)
    p = _of_target(softmax, target)
    slope = gamma * (1 - p) ** (gamma - 1) * p * _log(p) - (1 - p) ** gamma
    slope = torch.where(target >= 0, alpha * slope, 0)
    slope = _weighted(slope[:, None], target, weight)
    buff.copy_(slope[:, 0])
    grad_input.copy_(slope * (_one_hot(target, softmax).to(softmax) - softmax))


def _log(p: torch.Tensor) -> torch.Tensor:
    return p.clamp(min=SMALLEST).log()


def _one_hot(target: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return target[:, None] == torch.arange(like.shape[1], device=like.device)


def _of_target(probabilities: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return probabilities.gather(1, target.clamp(min=0)[:, None])[:, 0]


def _weighted(values: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Multiply rows by the weight of their target; background (no class) keeps its values."""
    if not weight.numel():
        return values
    known = (target >= 0) & (target < len(weight))
    rows = weight[target.clamp(0, len(weight) - 1)].where(known, weight.new_ones(()))
    return values * rows[:, None]
