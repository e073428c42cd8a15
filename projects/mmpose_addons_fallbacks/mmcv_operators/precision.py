"""Torchvision's kernels by name, and the precision of their arguments."""

from collections.abc import Callable

import torch


def kernel(name: str) -> Callable:
    """Return an operator that torchvision registers in PyTorch, for instance ``roi_align``.

    Torchvision is imported at the first call, because it takes longer than all of MMCV.
    """
    import torchvision  # noqa: F401  registers the operators

    return getattr(torch.ops.torchvision, name)


def full_precision(tensor: torch.Tensor) -> torch.Tensor:
    """Convert a tensor to float32, unless it is float32 or float64."""
    return tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.float()
