"""Calls of MMCV's functions in tests: their outputs and gradients, on chosen operators."""

import sys

import torch


def use_operators(operators, monkeypatch) -> None:
    """Let every function of mmcv.ops call these operators."""
    for name, module in list(sys.modules.items()):
        if name.startswith('mmcv.ops.') and hasattr(module, 'ext_module'):
            monkeypatch.setattr(module, 'ext_module', operators)


def output_and_gradients(function, *inputs):
    """Output of a function of tensors, and gradients of those that require one.

    The gradient of the output is a ramp from -1 to 1, so that no two elements count alike.
    """
    inputs = [value.detach().clone().requires_grad_(value.requires_grad) for value in inputs]
    output = function(*inputs)
    ramp = torch.linspace(-1, 1, output.numel(), device=output.device)
    leaves = [value for value in inputs if value.requires_grad]
    loss = (output * ramp.view(output.shape).to(output)).sum()
    return output.detach(), *torch.autograd.grad(loss, leaves)


def plain_iou(one, other, offset=0):
    """Intersection over union of two boxes by the definition."""
    width = min(one[2], other[2]) - max(one[0], other[0]) + offset
    height = min(one[3], other[3]) - max(one[1], other[1]) + offset
    common = max(width, 0) * max(height, 0)
    areas = [(b[2] - b[0] + offset) * (b[3] - b[1] + offset) for b in (one, other)]
    return common / (sum(areas) - common)


def random_boxes(count: int, size: float = 100.0) -> torch.Tensor:
    """Boxes (count, 4) of all sizes inside of a square."""
    return (torch.rand(count, 2, 2) * size).sort(dim=1)[0].flatten(1)
