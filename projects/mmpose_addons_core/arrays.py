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


def _map(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply a function to the tensors and arrays among results."""
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return function(value)
    if isinstance(value, tuple):
        items = (_map(function, item) for item in value)
        return value._make(items) if hasattr(value, '_make') else tuple(items)
    return value


def numpy_on_cpu(function: Function) -> Function:
    """Let a function of tensors or arrays, whichever come, compute in NumPy on a CPU.

    NumPy's calls cost a third of torch's there. The function gets tensors where they lie on
    another device, where a gradient is wanted and while a network is traced. Tensors or
    arrays are returned as they were given.

    Example:
        >>> numpy_on_cpu(lambda array: array + values_like(array, (1, 2)))(torch.zeros(2))
        tensor([1., 2.])
    """

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        tensors = [v for v in (*args, *kwargs.values()) if isinstance(v, Tensor)]
        if _PORTABLE.get() or not all(map(_readable, tensors)):
            return function(*args, **kwargs)
        with np.errstate(all='ignore'):
            result = function(
                *map(as_array, args),
                **{name: as_array(value) for name, value in kwargs.items()},
            )
        return _map(lambda a: torch.from_numpy(np.asarray(a)), result) if tensors else result

    return wrapper  # type: ignore[return-value]


def _readable(tensor: Tensor) -> bool:
    """May NumPy read this tensor's values?"""
    return tensor.is_cpu and not (tensor.requires_grad and torch.is_grad_enabled())


def as_array(value: Any) -> Any:
    """A tensor's memory as an array, half types as float32; anything else as it is."""
    if not isinstance(value, Tensor):
        return value
    if value.is_floating_point():
        value = compute_float(value.detach())
    return value.numpy()


def compute_float(array: Array) -> Array:
    """The array in the type we compute in: float64 stays, all else is float32."""
    xp = namespace(array)
    return array if array.dtype == xp.float64 else cast(array, xp.float32)


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


def constant_like(function: Callable[..., np.ndarray]) -> Callable[..., Any]:
    """Let a function of simple arguments take one more before them, an array.

    What the function computes is then returned in that array's module, type and device,
    and remembered. Tensors are made outside inference mode, so that autograd can use them
    later. Nobody may change them in place.
    """

    @lru_cache(maxsize=256)
    def tensor(dtype: torch.dtype, device: torch.device, *args: Any) -> Tensor:
        with torch.inference_mode(False):
            return torch.tensor(function(*args), dtype=dtype, device=device)

    @lru_cache(maxsize=256)
    def array(dtype: np.dtype, *args: Any) -> np.ndarray:
        values = function(*args).astype(dtype)
        values.flags.writeable = False
        return values

    @wraps(function)
    def wrapper(given: Any, *args: Any) -> Any:
        if isinstance(given, Tensor):
            simple = _plain(args) if _PORTABLE.get() else args
            return tensor(given.dtype, given.device, *simple)
        return array(given.dtype, *args)

    return wrapper


def _plain(value: Any) -> Any:
    """Numbers in place of tensors, which is what sizes are while a network is traced."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value.item() if isinstance(value, Tensor) else value


@constant_like
def values_like(values: Sequence[float]) -> np.ndarray:
    """Some numbers as an array of the given one's module, type and device."""
    return np.array(values)


def arange_like(array: Array, length: int) -> Array:
    """0 to length - 1 as an array of the given one's module, type and device."""
    return values_like(array, range(length))


def cast(array: Array, dtype: Any) -> Array:
    """The array in another type, without a copy where it has that type."""
    if isinstance(array, Tensor):
        return array.to(dtype)
    return array.astype(dtype, copy=False)


@accepts_numpy
def matmul_constant(array: Any, constant: Callable[..., Any], *args: Any) -> Any:
    """(..., n) times a matrix (n, m) that a function of :func:`constant_like` makes.

    Torch multiplies NumPy's arrays too, as the threads of NumPy's large products would wait
    for those of torch.
    """
    return array @ constant(array, *args)
