"""Several processes of MMPose's scripts on machines without a GPU."""

import os
import subprocess
from collections.abc import Sequence

LAUNCHER = '--launcher'
PORT = '29500'
"""Port of the first process, as in MMEngine."""


class LauncherError(ValueError):
    """The processes cannot find each other."""


def slurm_variables() -> dict[str, str]:
    """Get the variables of ``torchrun`` from those of ``srun``, as MMEngine sets them on GPUs.

    Raises:
        LauncherError: ``srun`` did not start this process, or ``scontrol`` names no host.
    """
    names = dict(RANK='SLURM_PROCID', LOCAL_RANK='SLURM_LOCALID', WORLD_SIZE='SLURM_NTASKS')
    missing = [name for name in (*names.values(), 'SLURM_NODELIST') if name not in os.environ]
    if missing:
        raise LauncherError(
            f'{LAUNCHER} slurm needs the variables that srun sets, got none for '
            f'{", ".join(missing)}; start the command with srun'
        )
    found = {name: os.environ[source] for name, source in names.items()}
    found['MASTER_ADDR'] = os.environ.get('MASTER_ADDR') or _first_host()
    found['MASTER_PORT'] = os.environ.get('MASTER_PORT') or PORT
    return found


def _first_host() -> str:
    """Return the host of the first process."""
    nodes = os.environ['SLURM_NODELIST']
    try:
        done = subprocess.run(
            ['scontrol', 'show', 'hostnames', nodes], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError) as error:
        raise LauncherError(
            f'scontrol names no host of SLURM_NODELIST {nodes!r}: {error}; '
            'set MASTER_ADDR to the first host'
        ) from None


def start_gloo(argv: Sequence[str]) -> list[str]:
    """Join the group of processes if there are several.

    MMEngine would ask for CUDA devices. With a group that exists, it asks for none.

    Args:
        argv: Script and arguments, perhaps with ``--launcher pytorch`` or ``slurm``.

    Returns:
        The arguments for MMPose's script.

    Raises:
        LauncherError: See :func:`slurm_variables`.
    """
    import torch

    argv = list(argv)
    for place, word in enumerate(argv):
        if word == f'{LAUNCHER}=slurm' or argv[place : place + 2] == [LAUNCHER, 'slurm']:
            os.environ |= slurm_variables()
            argv[place : place + (1 if '=' in word else 2)] = [LAUNCHER, 'pytorch']
            break
    if int(os.environ.get('WORLD_SIZE', 1)) < 2:
        return argv
    torch.distributed.init_process_group('gloo')
    # MMEngine would hand the wrapper a CUDA device
    options = ['model_wrapper_cfg.device_ids=None', 'model_wrapper_cfg.broadcast_buffers=False']
    if '--cfg-options' not in argv:
        argv.append('--cfg-options')
    place = argv.index('--cfg-options') + 1
    return [*argv[:place], *options, *argv[place:]]
