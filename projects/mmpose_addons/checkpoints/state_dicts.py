"""Read checkpoints that may come from anywhere, and edit what they hold.

The functions on state dicts return new ones. Names are whole keys, or prefixes that end where a
dot follows: ``head`` means ``head.fc.weight`` and not ``header.weight``. Used by
``tools/model_converters/edit_checkpoint.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from packaging.version import Version
from torch import Tensor, nn

from mmpose_addons_core.fileio import atomic_write

from ..compat import numpy_globals

StateDict = Mapping[str, Tensor]


class CheckpointError(ValueError):
    """A checkpoint that cannot be read or is not what was expected."""


def read_checkpoint(source: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """State dict and meta of a file, without running any code that it may hold.

    Args:
        source: A state dict, or a dict with one under ``state_dict`` or ``model``, as
            MMEngine and most other code write them.

    Returns:
        The state dict, and what stands under ``meta``, such as the names of the keypoints.

    Raises:
        CheckpointError: The file is missing or holds something else than tensors.
    """
    try:
        with _harmless_globals():
            content = torch.load(source, map_location='cpu', weights_only=True)
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f'cannot be read as tensors: {reason}') from None
    meta = content.get('meta') if isinstance(content, Mapping) else None
    for wrapper in ('state_dict', 'model'):
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    if not isinstance(content, Mapping) or not content:
        raise CheckpointError(f'holds {type(content).__name__}, not a state dict')
    for key, value in content.items():
        if not isinstance(value, Tensor):
            raise CheckpointError(f'{key!r} is {type(value).__name__}, not a tensor')
    return dict(content), dict(meta) if isinstance(meta, Mapping) else {}


def write_checkpoint(target: Path, state: StateDict, meta: Mapping[str, Any]) -> None:
    """Write a checkpoint for MMEngine's ``load_from``, whole or not at all."""
    with atomic_write(target) as unfinished:
        torch.save(dict(state_dict=dict(state), meta=dict(meta)), unfinished)


def check_keys(state: StateDict, network: nn.Module) -> None:
    """Every key of the network is there, with its shape, and no other.

    Raises:
        CheckpointError: It is not so; the first five are named.
    """
    wanted = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    given = {key: tuple(value.shape) for key, value in state.items()}
    # PyTorch before 0.4.1 did not count batches; the count has no influence on outputs.
    for key in wanted.keys() - given.keys():
        if key.endswith('num_batches_tracked'):
            del wanted[key]
    problems = [f'{key} is missing' for key in sorted(wanted.keys() - given.keys())]
    problems += [f'{key} is unknown' for key in sorted(given.keys() - wanted.keys())]
    problems += [
        f'{key} is {given[key]}, expected {wanted[key]}'
        for key in sorted(wanted.keys() & given.keys())
        if wanted[key] != given[key]
    ]
    if problems:
        raise CheckpointError(
            f'{len(problems)} keys do not fit the network: {"; ".join(problems[:5])}'
        )


def drop(state: StateDict, names: Sequence[str]) -> dict[str, Tensor]:
    """Without the keys of these names.

    Raises:
        CheckpointError: A name fits no key.

    Example:
        >>> list(drop({'head.w': torch.zeros(1), 'header': torch.zeros(1)}, ['head']))
        ['header']
    """
    dropped = {key for name in names for key in _fitting(state, name)}
    return {key: value for key, value in state.items() if key not in dropped}


def rename(state: StateDict, pairs: Sequence[tuple[str, str]]) -> dict[str, Tensor]:
    """With other names, one pair (old, new) after the other; an empty new name strips the old.

    Raises:
        CheckpointError: A name fits no key, or two keys become one.

    Example:
        >>> list(rename({'model.net.w': torch.zeros(1)}, [('model', ''), ('net', 'backbone')]))
        ['backbone.w']
    """
    for old, new in pairs:
        old, new = old.strip('.'), new.strip('.')
        fitting = _fitting(state, old)
        keys = [
            (new + key[len(old) :]).removeprefix('.') if key in fitting else key
            for key in state
        ]
        if len(set(keys)) < len(keys) or '' in keys:
            double = sorted({key for key in keys if keys.count(key) > 1 or not key})
            raise CheckpointError(f'{old!r} as {new!r} would overwrite {double[:5]}')
        state = dict(zip(keys, state.values(), strict=True))
    return dict(state)


def merge(first: StateDict, second: StateDict, prefer: str | None = None) -> dict[str, Tensor]:
    """All keys of both.

    Args:
        first, second: State dicts.
        prefer: Which to take a key from that both have: ``'first'`` or ``'second'``.

    Raises:
        CheckpointError: Both have a key, and it is not said which to prefer.
    """
    common = [key for key in first if key in second]
    if common and prefer is None:
        raise CheckpointError(
            f'{len(common)} keys are in both, such as {common[:3]}; prefer the first or second'
        )
    winner = first if prefer == 'first' else second
    return {**first, **second, **{key: winner[key] for key in common}}


def _fitting(state: StateDict, name: str) -> set[str]:
    name = name.strip('.')
    fitting = {key for key in state if key == name or key.startswith(f'{name}.')}
    if not fitting:
        parent = name.rpartition('.')[0] + '.'
        beside = [key for key in state if key.startswith(parent)]
        start = len(parent) if beside else 0
        there = {key[:start] + key[start:].split('.')[0]: None for key in beside or state}
        raise CheckpointError(f'no key is named {name!r}; there are {list(there)[:20]}')
    return fitting


class _Ignored:
    """Stands for what MMEngine keeps in a checkpoint to draw its log, which is not read."""

    def __init__(self, *args: Any) -> None: ...

    def __setstate__(self, state: Any) -> None: ...


@contextmanager
def _harmless_globals() -> Iterator[None]:
    """What weights_only=True may build beyond tensors: NumPy arrays, as in MMEngine's meta.

    MMEngine's checkpoints also name its history of the log and ``getattr``; they get stand-ins
    that do nothing. PyTorch's own list is set aside meanwhile, because it may hold the history
    itself (:func:`~mmpose_addons.compat.load_checkpoints_safely`).
    """
    if Version(torch.__version__) < Version('2.6'):  # knows no stand-ins
        yield
        return
    stand_ins: list[Any] = [
        (_Ignored, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (_Ignored, 'builtins.getattr'),
    ]
    before = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    torch.serialization.add_safe_globals([*numpy_globals(), _Ignored, *stand_ins])
    try:
        yield
    finally:
        torch.serialization.clear_safe_globals()
        torch.serialization.add_safe_globals(before)
