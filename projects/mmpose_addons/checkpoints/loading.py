"""Load checkpoints from anywhere: whole files only, and no code of theirs runs."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import torch
from torch import Tensor

from . import restricted_pickle
from .errors import CheckpointError, refusal
from .file_checks import check_file
from .trust import is_trusted

FORCE_VARIABLE = 'TORCH_FORCE_WEIGHTS_ONLY_LOAD'
COMPARABLE = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_environment = threading.Lock()


def load_file(source: str | os.PathLike | IO[bytes], map_location: Any = None) -> Any:
    """Load a checkpoint: tensors, plain data, NumPy's arrays, MMEngine's log history.

    Files that the user trusts (:mod:`.trust`) are loaded by plain ``torch.load``.

    Args:
        source: A path or a binary stream.
        map_location: As for ``torch.load``.

    Raises:
        UnsafeCheckpointError: The file names other functions or classes.
        CheckpointError: It is missing, empty, cut off, damaged or no checkpoint, or a weight
            is NaN or infinite.
    """
    name = _name(source)
    if is_trusted():
        check_file(source, name)
        return torch.load(source, map_location=map_location, weights_only=False)
    content, names = load_inert(source, map_location)
    if names:
        raise refusal(name, names)
    refuse_not_finite(find_state_dict(content), name)
    return content


def load_inert(
    source: str | os.PathLike | IO[bytes], map_location: Any = None
) -> tuple[Any, list[str]]:
    """Load the content of a checkpoint with inert stand-ins for all else that it names.

    Returns:
        The content, and the names that got stand-ins.

    Raises:
        CheckpointError: As :func:`load_file`.
    """
    name = _name(source)
    check_file(source, name)
    names: list[str] = []
    pickles = restricted_pickle.pickle_module(names)
    try:
        with _without_force():
            content = torch.load(
                source, map_location=map_location, pickle_module=pickles, weights_only=False
            )
    except Exception as error:  # whatever a damaged pickle leads to
        if names:
            raise refusal(name, names, readable=False) from None
        reason = (str(error).splitlines() or [''])[0]
        raise CheckpointError(
            f'{name} cannot be read as a checkpoint: {type(error).__name__}: {reason}'
        ) from None
    return content, names


def find_state_dict(content: Any) -> Any:
    """Return the entry ``state_dict`` or ``model``, or the content itself."""
    for wrapper in ('state_dict', 'model'):
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    return content


def refuse_not_finite(state: Any, name: str) -> None:
    """Refuse weights that are NaN or infinite.

    Args:
        state: A state dict; anything else is passed over.
        name: What the message calls the file.

    Raises:
        CheckpointError: The first three are named.
    """
    if not isinstance(state, Mapping):
        return
    wrong = [key for key, value in state.items() if not _is_finite(value)]
    if wrong:
        raise CheckpointError(
            f'{name}: {len(wrong)} of {len(state)} weights hold NaN or Inf, such as '
            f'{", ".join(map(str, wrong[:3]))}; take a checkpoint from before that'
        )


def _is_finite(value: Any) -> bool:
    if not isinstance(value, Tensor) or value.dtype not in COMPARABLE:
        return True
    if value.layout is not torch.strided or value.is_meta:
        return True
    return bool(torch.isfinite(value).all())


def _name(source: str | os.PathLike | IO[bytes]) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    return str(getattr(source, 'name', 'the checkpoint'))


@contextmanager
def _without_force() -> Iterator[None]:
    """Unset the variable with which ``torch.load`` refuses any unpickler but its own.

    Ours is as strict as what the variable asks for.
    """
    with _environment:
        value = os.environ.pop(FORCE_VARIABLE, None)
        try:
            yield
        finally:
            if value is not None:
                os.environ[FORCE_VARIABLE] = value
