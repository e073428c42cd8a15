"""Start MMPose's own scripts; ``tools/train.py`` and ``tools/test.py`` are made of this."""

import os
import runpy
import sys
from pathlib import Path

import mmpose
import torch


def run_mmpose_tool(name: str) -> None:
    """Run MMPose's ``tools/<name>`` on this process's command line, with its arguments.

    Several processes (``--launcher pytorch``) on a machine without a GPU get a gloo process
    group here, before MMEngine would ask for CUDA devices.

    Raises:
        FileNotFoundError: MMPose was installed without its scripts.
    """
    script = Path(mmpose.__file__).parent / '.mim' / 'tools' / name
    if not script.is_file():
        raise FileNotFoundError(
            f'{script} is missing: MMPose {mmpose.__version__} was installed without its '
            'tools; install it with pip or mim'
        )
    several = int(os.environ.get('WORLD_SIZE', 1)) > 1
    if several and not torch.cuda.is_available():
        torch.distributed.init_process_group('gloo')
        # MMEngine would hand the wrapper a CUDA device
        options = ['model_wrapper_cfg.device_ids=None']
        options.append('model_wrapper_cfg.broadcast_buffers=False')
        if '--cfg-options' not in sys.argv:
            sys.argv.append('--cfg-options')
        place = sys.argv.index('--cfg-options') + 1
        sys.argv[place:place] = options
    sys.path.pop(0)  # the folder of the calling script, whose files are named as MMPose's
    sys.path.insert(0, str(script.parent))
    runpy.run_path(str(script), run_name='__main__')
