"""What this package needs of PyTorch, MMEngine, MMCV and MMPose, and makes up for in them."""

from typing import Any

from mmpose_addons_core.environment import SUPPORTED, find_problem


def check_environment() -> None:
    """Import the stack and compare versions.

    Raises:
        ImportError: one sentence naming every package that is missing, broken or of another
            version, and the commands that mend it.
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
    """Let ``weights_only=True`` build arrays of NumPy's plain types, which run no code.

    MMEngine keeps some in its checkpoints that are not on its own list, and loads a file that
    PyTorch refuses once more without any check, after a warning.
    """
    import numpy as np
    import torch

    if hasattr(torch.serialization, 'add_safe_globals'):  # PyTorch 2.4
        types: list[Any] = [type(np.dtype(code)) for code in '?bBhHiIlLqQefdU']
        torch.serialization.add_safe_globals(types)
