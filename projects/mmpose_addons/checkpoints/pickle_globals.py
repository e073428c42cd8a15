"""Functions and classes that the pickle of a checkpoint may name; they only build data.

Arrays and numbers of NumPy are built by functions of this file, because NumPy's own take types
and flags with which a file could point into memory.
"""

import builtins
import collections
from collections.abc import Callable, Mapping
from functools import cache
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer

PLAIN_KINDS = 'biufcSU'
"""NumPy's kinds of types: numbers and texts, no objects and no records."""
HISTORY_STATE = ('max_length', '_log_history', '_count_history')
HISTORY_METHODS = ('min', 'max', 'mean', 'current')
_ARRAY_CLASS = object()
"""Stands for ``np.ndarray``, which a pickle names and must not call."""


def known_globals() -> dict[str, Any]:
    """Return objects by full name: those of this file, and those in PyTorch's own list.

    That list is ``torch.serialization.add_safe_globals``, of PyTorch 2.4 and newer.
    """
    given: list[Any] = getattr(torch.serialization, 'get_safe_globals', list)()
    pairs = [one if isinstance(one, tuple) else (one, _full_name(one)) for one in given]
    return {name: one for one, name in pairs} | _own_globals()


def _full_name(one: Any) -> str:
    return f'{one.__module__}.{one.__qualname__}'


@cache
def _own_globals() -> dict[str, Any]:
    plain = (
        'bool bytearray bytes complex dict float frozenset int list range set slice str tuple'
    )
    known: dict[str, Any] = {
        f'builtins.{name}': getattr(builtins, name) for name in plain.split()
    }
    for name in ('Counter', 'OrderedDict', 'defaultdict'):
        known[f'collections.{name}'] = getattr(collections, name)
    known['_codecs.encode'] = _bytes
    for core in ('numpy.core', 'numpy._core'):
        known[f'{core}.multiarray._reconstruct'] = _array
        known[f'{core}.multiarray.scalar'] = _scalar
    known |= {'numpy.ndarray': _ARRAY_CLASS, 'numpy.dtype': _dtype}
    history = _full_name(HistoryBuffer)
    known |= {history: HistoryBuffer} | {f'{history}.{m}': None for m in HISTORY_METHODS}
    known |= {
        f'torch.{name}': value
        for name, value in vars(torch).items()
        if isinstance(value, torch.dtype | torch.qscheme)
    }
    for kind in (torch.Size, torch.device, torch.Tensor, torch.nn.Parameter):
        known[f'{kind.__module__}.{kind.__name__}'] = kind
    for name in ('TypedStorage', 'UntypedStorage'):
        known[f'torch.storage.{name}'] = getattr(torch.storage, name)
    known['torch.serialization._get_layout'] = torch.serialization._get_layout
    known['torch._tensor._rebuild_from_type_v2'] = torch._tensor._rebuild_from_type_v2
    parts = 'tensor tensor_v2 tensor_v3 parameter parameter_with_state sparse_tensor qtensor'
    for name in (f'_rebuild_{part}' for part in parts.split()):
        if hasattr(torch._utils, name):
            known[f'torch._utils.{name}'] = getattr(torch._utils, name)
    return known


def _bytes(text: str, encoding: str) -> bytes:
    """Build bytes as protocol 2 writes them."""
    if encoding != 'latin1':
        raise UnpicklingError(f'encodes a text as {encoding!r}')
    return text.encode('latin1')


def _dtype(code: str, *_: Any) -> np.dtype:
    return _plain(np.dtype(code, False, True) if isinstance(code, str) else None)  # a copy


def _array(*_: Any) -> np.ndarray:
    """Return an empty array, which gets its state afterwards."""
    return np.empty(0, np.int8)


def _scalar(dtype: np.dtype, content: bytes) -> Any:
    return np.frombuffer(content, _plain(dtype), 1)[0]


def _plain(dtype: Any) -> np.dtype:
    if not isinstance(dtype, np.dtype) or dtype.kind not in PLAIN_KINDS:
        raise UnpicklingError(f'holds an array of type {dtype!r}')
    return dtype


def _array_state(_: np.ndarray, state: Any) -> Any:
    _, shape, dtype, fortran, content = state
    if not isinstance(content, bytes):
        raise UnpicklingError(f'holds an array of {type(content).__name__}')
    return 1, shape, _plain(dtype), bool(fortran), content


def _dtype_state(dtype: np.dtype, state: Any) -> Any:
    """Return a state with this byte order; what the code of the type says remains."""
    text = dtype.kind in 'SU'
    size, alignment = (dtype.itemsize, dtype.alignment) if text else (-1, -1)
    return 3, state[1], None, None, None, size, alignment, dtype.flags


def _only(*keys: str) -> Callable[[Any, Any], dict]:
    return lambda _, state: {key: state[key] for key in keys if key in state}


STATES: Mapping[type, Callable[[Any, Any], Any]] = {
    np.ndarray: _array_state,
    np.dtype: _dtype_state,
    collections.OrderedDict: _only('_metadata'),
    HistoryBuffer: _only(*HISTORY_STATE),
}
"""By type: from an object and the state of a file to the state that it gets."""
