"""What this package needs of PyTorch, MMEngine, MMCV and MMPose, and makes up for in them."""

from importlib import import_module

import numpy as np
from packaging.version import Version

# Import name -> (oldest version, first version that is too new). The official and the OneDL
# line share import names, so the modules are asked and not the distributions.
SUPPORTED = {
    'torch': ('2.0', '3'),
    'mmengine': ('0.8', '1'),
    'mmcv': ('2.0', '3'),
    'mmpose': ('1.1', '2'),
}


def check_environment() -> None:
    """Import the stack and compare versions.

    Raises:
        ImportError: one sentence naming every package that is missing, broken or of another
            version, and what to do.
    """
    problems = []
    for name, (oldest, too_new) in SUPPORTED.items():
        wanted = f'{name} >={oldest},<{too_new}'
        try:
            version = import_module(name).__version__
        except ModuleNotFoundError as error:
            if error.name == name:
                problems.append(f'{wanted} is missing')
            else:
                problems.append(f'{name} does not import ({error})')
            continue
        except Exception as error:  # MMPose checks MMCV's version by an assert
            problems.append(f'{name} does not import ({error})')
            continue
        if not Version(oldest) <= Version(version) < Version(too_new):
            problems.append(f'{wanted} is needed and {version} is installed')
    if problems:
        raise ImportError(
            f'mmpose_addons needs another environment: {"; ".join(problems)}. Run '
            "tools/install.sh, or install these packages as MMPose's guide says."
        )


def load_checkpoints_safely() -> None:
    """Let ``weights_only=True`` build arrays of NumPy's plain types, which run no code.

    MMEngine keeps some in its checkpoints that are not on its own list, and loads a file that
    PyTorch refuses once more without any check, after a warning.
    """
    import torch

    if hasattr(torch.serialization, 'add_safe_globals'):  # PyTorch 2.4
        types = [type(np.dtype(code)) for code in '?bBhHiIlLqQefdU']
        torch.serialization.add_safe_globals(types)
