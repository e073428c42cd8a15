"""Run MMPose's own scripts, for the commands ``train`` and ``test``."""

import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from .gloo import start_gloo
from .memory import keep_freed_memory

TRUST_OPTION = '--trust-checkpoint'
HELP = f"""
options beside those of MMPose:
  {TRUST_OPTION}    load checkpoints that may run code; they are refused otherwise
"""


def run_mmpose_script(name: str, argv: Sequence[str] | None = None) -> int:
    """Run MMPose's ``tools/<name>`` with ``argv`` (default: this process's own arguments).

    Several processes (``--launcher pytorch`` or ``slurm``) on machines without a GPU get a gloo
    process group here, before MMEngine would ask for CUDA devices. Without a GPU, memory that
    a step frees is kept for the next step. ``--trust-checkpoint`` is an option of ours.

    Raises:
        FileNotFoundError: MMPose was installed without its scripts.
        LauncherError: ``--launcher slurm`` without ``srun``.
    """
    import mmpose_addons  # noqa: F401, I001  first: it says what is missing
    import mmpose
    import torch

    from mmpose_addons.checkpoints.trust import TRUST_VARIABLE

    script = Path(mmpose.__file__).parent / '.mim' / 'tools' / name
    if not script.is_file():
        raise FileNotFoundError(
            f'{script} is missing: MMPose {mmpose.__version__} was installed without its '
            'tools; install it with pip or mim'
        )
    sys.argv = [str(script), *(sys.argv[1:] if argv is None else argv)]
    if TRUST_OPTION in sys.argv:
        sys.argv.remove(TRUST_OPTION)
        os.environ[TRUST_VARIABLE] = '1'
    if not torch.cuda.is_available():
        keep_freed_memory()
        sys.argv = start_gloo(sys.argv)
    sys.path[0] = str(script.parent)  # instead of tools/, whose files have the same names
    try:
        runpy.run_path(str(script), run_name='__main__')
    finally:
        if {'-h', '--help'} & {*sys.argv}:
            print(HELP)
    return 0
