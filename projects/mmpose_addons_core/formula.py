"""Formulas in PyTorch, and the CPU kernels that compute the same faster.

:func:`formula` marks a function that states a method in PyTorch. :func:`replaces` marks a NumPy
or OpenCV kernel and names the formula that it replaces. Users call the formula; it is replaced
where that makes no difference to them, see :mod:`mmpose_addons_core.heatmaps`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import Parameter

from .arrays import as_array

Function = TypeVar('Function', bound=Callable[..., Any])


class Kernel(NamedTuple):
    """A function of arrays that replaces a formula on a CPU."""

    function: Callable[..., Any]
    tolerance: float
    """Largest absolute difference from the formula, in the unit of the results."""


KERNELS: dict[Callable[..., Any], Kernel] = {}
"""The kernel of each formula that has one."""

_FORMULAS_ONLY: ContextVar[bool] = ContextVar('formulas_only', default=False)


@contextmanager
def formulas_only() -> Iterator[None]:
    """Compute by formulas in the block, even where a kernel could replace them."""
    token = _FORMULAS_ONLY.set(True)
    try:
        yield
    finally:
        _FORMULAS_ONLY.reset(token)


def formula(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of tensors take NumPy arrays, and a kernel replace it on a CPU.

    Arrays are returned if all array arguments are NumPy arrays, otherwise tensors.

    Example:
        >>> formula(torch.flip)(np.array([1, 2, 3]), dims=[0])
        array([3, 2, 1])
    """

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        values = (*args, *kwargs.values())
        tensors = [value for value in values if isinstance(value, Tensor)]
        kernel = KERNELS.get(wrapper)
        if kernel is not None and _replaceable(tensors):
            with np.errstate(all='ignore'):
                result = kernel.function(
                    *map(_kernel_argument, args),
                    **{name: _kernel_argument(value) for name, value in kwargs.items()},
                )
            return (
                _map(lambda a: torch.from_numpy(np.asarray(a)), result) if tensors else result
            )
        if not any(isinstance(value, np.ndarray) for value in values):
            return function(*args, **kwargs)
        result = function(
            *map(_as_tensor, args),
            **{name: _as_tensor(value) for name, value in kwargs.items()},
        )
        return result if tensors else _map(lambda tensor: tensor.numpy(), result)

    return wrapper


def replaces(formula: Callable[..., Any], tolerance: float) -> Callable[[Function], Function]:
    """Replace a formula by the decorated kernel, a function of NumPy arrays.

    The kernel has the signature of the formula. Tests compare both.

    Args:
        formula: A function that :func:`formula` decorates.
        tolerance: Largest absolute difference of the results, in their unit.
    """

    def register(kernel: Function) -> Function:
        KERNELS[formula] = Kernel(kernel, tolerance)
        return kernel

    return register


def _replaceable(tensors: list[Tensor]) -> bool:
    """Return whether a kernel can compute: no trace, no gradient, all tensors on the CPU."""
    if _FORMULAS_ONLY.get() or torch.jit.is_tracing():
        return False
    wants_gradient = torch.is_grad_enabled()
    return all(
        tensor.is_cpu
        and not (wants_gradient and tensor.requires_grad)
        and type(tensor) in (Tensor, Parameter)  # not the stand-in of a tracer
        for tensor in tensors
    )


def _kernel_argument(value: Any) -> Any:
    """Return an array that PyTorch can share, without a copy where possible."""
    if isinstance(value, np.ndarray):
        shared = value.flags.writeable and min(value.strides, default=0) >= 0
        return value if shared else value.copy()
    return as_array(value)


def _as_tensor(value: Any) -> Any:
    """Wrap an array without a copy; read-only and reversed ones are copied."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(np.require(value, requirements=['C', 'W']))
    return value


def _map(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply a function to the tensors and arrays among results."""
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return function(value)
    if isinstance(value, tuple):
        items = (_map(function, item) for item in value)
        return value._make(items) if hasattr(value, '_make') else tuple(items)
    return value
