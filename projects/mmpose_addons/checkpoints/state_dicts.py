"""Read checkpoints of any source safely, and edit their weights.

The functions on state dicts return new ones. Names are whole keys, or prefixes that end before
a dot: ``head`` means ``head.fc.weight`` and not ``header.weight``. Used by
``mmpose-addons edit-checkpoint``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from .errors import CheckpointError
from .loading import find_state_dict, load_file, load_inert
from .restricted_pickle import Inert, is_inert
from .saving import save_file

StateDict = Mapping[str, Tensor]


def read_checkpoint(source: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read state dict and meta of a file, by :func:`.loading.load_file`.

    Args:
        source: A state dict, or a dict with one under ``state_dict`` or ``model``, as
            MMEngine and most other code write them.

    Returns:
        The state dict, and what stands under ``meta``, such as the names of the keypoints.

    Raises:
        CheckpointError: The file cannot be loaded or holds something else than tensors; the
            message names it.
    """
    content = load_file(source, 'cpu')
    state = _state_dict(content, source)
    for key, value in state.items():
        if not isinstance(value, Tensor):
            raise CheckpointError(f'{source}: {key!r} is {type(value).__name__}, not a tensor')
    return dict(state), _meta(content)


def rescue_checkpoint(source: Path) -> tuple[dict[str, Tensor], dict[str, Any], list[str]]:
    """Read state dict and meta of a file that may name code, which does not run.

    Returns:
        The tensors of the state dict; the meta; and what was left out: the names of functions
        and classes, and the keys that hold no tensors.

    Raises:
        CheckpointError: The file is missing, damaged or without tensors; the message names it.
    """
    content, names = load_inert(source, 'cpu')
    if isinstance(content, Inert):
        raise CheckpointError(f'{source} holds an object of {names[0]}, not a state dict')
    state = _state_dict(content, source)
    kept = {key: value for key, value in state.items() if isinstance(value, Tensor)}
    if not kept:
        raise CheckpointError(f'{source} holds no tensors in {[*state][:5]}')
    meta = _without_inert(_meta(content))
    return kept, meta, names + [str(key) for key in state if key not in kept]


def _without_inert(content: Any) -> Any:
    """Return plain data without the stand-ins of code, which cannot be written to a file."""
    if isinstance(content, dict):
        return {
            key: _without_inert(value)
            for key, value in content.items()
            if not is_inert(key) and not is_inert(value)
        }
    if type(content) in (list, tuple, set):
        return type(content)(_without_inert(value) for value in content if not is_inert(value))
    return content


def left_out_line(source: Path, left_out: Sequence[str]) -> str:
    """Describe what :func:`rescue_checkpoint` left out."""
    names = ', '.join(left_out[:5]) + (', ...' if len(left_out) > 5 else '')
    return f'{source}: left out {len(left_out)} that are no tensors or may run code: {names}'


def _state_dict(content: Any, source: Path) -> Mapping:
    state = find_state_dict(content)
    if not isinstance(state, Mapping) or not state:
        raise CheckpointError(f'{source} holds {type(state).__name__}, not a state dict')
    return state


def _meta(content: Any) -> dict[str, Any]:
    meta = content.get('meta') if isinstance(content, Mapping) else None
    return dict(meta) if isinstance(meta, Mapping) else {}


def write_checkpoint(target: Path, state: StateDict, meta: Mapping[str, Any]) -> None:
    """Write a checkpoint for MMEngine's ``load_from`` atomically."""
    save_file(dict(state_dict=dict(state), meta=dict(meta)), target)


def check_keys(state: StateDict, network: nn.Module) -> None:
    """Check that the keys and shapes are those of the network.

    Raises:
        CheckpointError: If they differ; it names the first five.
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
    """Return the weights without the keys of these names.

    Raises:
        CheckpointError: A name fits no key.

    Example:
        >>> import torch
        >>> list(drop({'head.w': torch.zeros(1), 'header': torch.zeros(1)}, ['head']))
        ['header']
    """
    dropped = {key for name in names for key in _fitting(state, name)}
    return {key: value for key, value in state.items() if key not in dropped}


def rename(state: StateDict, pairs: Sequence[tuple[str, str]]) -> dict[str, Tensor]:
    """Rename by pairs (old, new), one after the other; an empty new name removes the old.

    Raises:
        CheckpointError: A name fits no key, or two keys become one.

    Example:
        >>> import torch
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
    """Return all keys of both.

    Args:
        first, second: State dicts.
        prefer: Source of a key that both have: ``'first'`` or ``'second'``.

    Raises:
        CheckpointError: If both have a key and ``prefer`` is None.
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
