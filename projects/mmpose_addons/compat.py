"""Check the versions of PyTorch, MMEngine, MMCV and MMPose, and correct faults of theirs."""

from typing import Any

from mmpose_addons_core.environment import SUPPORTED, find_problem


def check_environment() -> None:
    """Import the stack and compare versions.

    Raises:
        ImportError: one sentence naming every package that is missing, broken or of another
            version, and the commands that repair it.
    """
    problems, commands = [], []
    for name, wanted in SUPPORTED.items():
        problem, command = find_problem(name, wanted)
        if problem:
            problems.append(problem)
        if command:
            commands.append(command)
    if problems:
        mend = f' run `{" && ".join(dict.fromkeys(commands))}`;' if commands else ''
        raise ImportError(
            f'mmpose_addons cannot run here, because {"; ".join(problems)}:{mend} '
            '`mmpose-addons doctor` shows what else is wrong, and tools/install.sh makes an '
            'environment that works'
        )


def load_checkpoints_safely() -> None:
    """Let no checkpoint run code, whoever loads it through MMEngine; resume no cut one."""
    from .checkpoints import latest, mmengine_loading

    allow_log_history()
    mmengine_loading.install()
    latest.install()


def allow_log_history() -> None:
    """Let a user's own ``torch.load(weights_only=True)`` load checkpoints of MMEngine.

    They hold the buffers of its log and arrays of NumPy's plain types, which run no code.
    Buffers are saved without their methods, which every buffer has and which
    ``weights_only=True`` refuses. A checkpoint that MMEngine has saved without this package
    stays refused there; this package itself loads it (:mod:`.checkpoints.loading`).
    """
    import torch
    from mmengine.logging import HistoryBuffer

    HistoryBuffer.__getstate__ = _state_without_methods
    if hasattr(torch.serialization, 'add_safe_globals'):  # PyTorch 2.4
        torch.serialization.add_safe_globals([HistoryBuffer, *numpy_globals()])


def numpy_globals() -> list[Any]:
    """Return the names in pickles of NumPy's arrays and plain numbers; none runs code."""
    import numpy as np

    rebuild = [np.empty(0).__reduce__()[0], np.float64(0).__reduce__()[0]]
    return [
        *rebuild,
        np.ndarray,
        np.dtype,
        *(type(np.dtype(code)) for code in '?bBhHiIlLqQefdU'),
    ]


def _state_without_methods(buffer: Any) -> dict[str, Any]:
    """Return the pickled state of a HistoryBuffer: its numbers."""
    return {key: value for key, value in vars(buffer).items() if key != 'statistics_methods'}
