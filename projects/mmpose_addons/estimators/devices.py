"""Devices of PyTorch as users name them."""

from typing import TypeVar

import torch
from torch import nn

from mmpose_addons_runtime.errors import ModelError

Model = TypeVar('Model', bound=nn.Module)


def torch_device(name: str | torch.device | None = None) -> torch.device:
    """Return the device of a name; by default cuda where there is one, else cpu.

    Raises:
        ModelError: PyTorch knows no such device.
    """
    if name is None:
        name = 'cuda' if torch.cuda.is_available() else 'cpu'
    try:
        return torch.device(name)
    except RuntimeError:
        raise ModelError(
            f'device must be one of PyTorch, such as cpu or cuda:1, where a network runs in '
            f'PyTorch, got {name!r}'
        ) from None


def to_device(model: Model, device: str | torch.device) -> Model:
    """Move a network to a device.

    Raises:
        ModelError: PyTorch knows no such device, or it is not there.
    """
    device = torch_device(device)
    try:
        return model.to(device)
    except (AssertionError, RuntimeError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f'device {device} cannot be used: {reason}') from None
