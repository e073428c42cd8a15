"""What lets the functions of this package take NumPy arrays and any float type."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

Array = TypeVar('Array', Tensor, np.ndarray)
Function = TypeVar('Function', bound=Callable[..., Any])


def accepts_numpy(function: Function) -> Function:
    """Let a torch function take NumPy arrays; it then returns NumPy arrays.

    Example:
        >>> accepts_numpy(torch.flip)(np.array([1, 2, 3]), dims=[0])
        array([3, 2, 1])
    """

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        values = [*args, *kwargs.values()]
        if not any(isinstance(value, np.ndarray) for value in values):
            return function(*args, **kwargs)
        return _map(
            lambda tensor: tensor.numpy(),
            function(
                *(_as_tensor(arg) for arg in args),
                **{name: _as_tensor(arg) for name, arg in kwargs.items()},
            ),
        )

    return wrapper  # type: ignore[return-value]


def _as_tensor(value: Any) -> Any:
    """Wrap an array without a copy; read-only and reversed ones are copied."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(np.require(value, requirements=['C', 'W']))
    return value


def _map(function: Callable[[Tensor], Any], value: Any) -> Any:
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, tuple):
        items = (_map(function, item) for item in value)
        return value._make(items) if hasattr(value, '_make') else tuple(items)
    return value


def compute_float(tensor: Tensor) -> Tensor:
    """The tensor in the type we compute in: float64 stays, all else is float32."""
    return tensor if tensor.dtype == torch.float64 else tensor.float()


_PORTABLE: ContextVar[bool] = ContextVar('portable', default=False)


@contextmanager
def portable() -> Iterator[None]:
    """Leave out the quick ways that only a CPU has, for a while: they cannot be traced."""
    token = _PORTABLE.set(True)
    try:
        yield
    finally:
        _PORTABLE.reset(token)


def quick_on_cpu(tensor: Tensor) -> bool:
    """May the quick ways be taken that go through NumPy or depend on values?"""
    return tensor.is_cpu and not _PORTABLE.get()


def namespace(array: Tensor | np.ndarray) -> ModuleType:
    """The module, torch or numpy, whose functions work on this array."""
    return torch if isinstance(array, Tensor) else np


def cached_tensor(function: Function) -> Function:
    """Remember the tensors that a function of simple arguments makes.

    They are made outside inference mode, so that autograd can use them later. Nobody
    may change them in place.
    """

    @lru_cache(maxsize=256)
    def remembered(*args: Any) -> Tensor:
        with torch.inference_mode(False), torch.no_grad():
            return function(*args)

    @wraps(function)
    def wrapper(*args: Any) -> Tensor:
        return remembered(*(_plain(args) if _PORTABLE.get() else args))

    return wrapper  # type: ignore[return-value]


def _plain(value: Any) -> Any:
    """Numbers in place of tensors, which is what sizes are while a network is traced."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value.item() if isinstance(value, Tensor) else value


def like(array: Array, values: Sequence[float]) -> Array:
    """Some numbers as an array of the given one's module, type and device."""
    if isinstance(array, Tensor):
        return _tensor(values, array.dtype, array.device)
    return _array(values, array.dtype)


def arange_like(array: Array, length: int) -> Array:
    """0 to length - 1 as an array of the given one's module, type and device."""
    return like(array, range(length))


@cached_tensor
def _tensor(values: Sequence[float], dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=dtype, device=device)


@lru_cache(maxsize=256)
def _array(values: Sequence[float], dtype: np.dtype) -> np.ndarray:
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


def cast(array: Array, dtype: Any) -> Array:
    """The array in another type, without a copy where it has that type."""
    if isinstance(array, Tensor):
        return array.to(dtype)
    return array.astype(dtype, copy=False)
