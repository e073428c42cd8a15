"""Types of arrays, and constants as arrays."""

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

Array = TypeVar('Array', Tensor, np.ndarray)


def as_array(value: Any) -> Any:
    """Return a tensor's memory as an array, half types as float32; anything else as it is."""
    return widened(value.detach()).numpy() if isinstance(value, Tensor) else value


def widened(tensor: Tensor) -> Tensor:
    """Widen half types to float32; other types stay as they are."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def compute_float(array: Array) -> Array:
    """Convert to the type in which we compute: float64 stays, all else becomes float32."""
    if isinstance(array, Tensor):
        return array if array.dtype == torch.float64 else array.to(torch.float32)
    return array if array.dtype == np.float64 else array.astype(np.float32, copy=False)


def cached_constant(function: Callable[..., np.ndarray]) -> Callable[..., Any]:
    """Give a function of simple arguments one more before them, an array or a tensor.

    What the function computes is returned in that array's library, type and device, and kept
    for later calls. Tensors are made outside inference mode, so that autograd can use them
    later. The caller must not change them in place.
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
        if not isinstance(given, Tensor):
            return array(given.dtype, *args)
        if torch.jit.is_tracing():
            args = _numbers(args)
        return tensor(given.dtype, given.device, *args)

    return wrapper


def _numbers(value: Any) -> Any:
    """Replace tensors by numbers: sizes are tensors while a network is traced."""
    if isinstance(value, tuple):
        return tuple(_numbers(item) for item in value)
    return value.item() if isinstance(value, Tensor) else value


@cached_constant
def values_like(values: Sequence[float]) -> np.ndarray:
    """Return numbers as an array of the given one's library, type and device."""
    return np.array(values)


@cached_constant
def arange_like(length: int) -> np.ndarray:
    """Return 0 to length - 1 as an array of the given one's library, type and device."""
    return np.arange(length)
