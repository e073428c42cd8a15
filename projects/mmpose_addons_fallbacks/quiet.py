"""Filter lines without information that the OpenMMLab stack prints on every command.

Each filter names its message and the modules that print it, so the same warning from a user's
own code still appears. Python's filters are appended to those in force: ``-W``,
``PYTHONWARNINGS`` and ``warnings.filterwarnings`` of the user come first, so
``python -W default`` shows the warnings again. A data loader's forked workers inherit them.

================================== =========================================================
message                            why it is left out
================================== =========================================================
pkg_resources is deprecated        mim, MMEngine and MMCV import it; tools/install.sh pins a
                                   setuptools that has it
faster_coco_eval is not installed  MMDetection says so on import, whatever metric is used
The metainfo config file ...       MMPose's configs name their data sets relative to its
                                   checkout, and it takes the same file of its package
torch.meshgrid without indexing    MMPose and MMDetection call it so, and mean the default
torch.cuda.amp... is deprecated    MMPose uses the older name
FileClient, HardDiskBackend        MMEngine's checkpoint hook uses its older names
Could not import OneDL             MMDetection on import; nothing here uses OneDL's data sets
gcc: not found                     MMEngine asks for the version of the compiler that built
                                   Python, for its log, which then says GCC: n/a
================================== =========================================================

mim imports pkg_resources in a process of its own, before this package; docs/troubleshooting.md
names the ``PYTHONWARNINGS`` that silence it.
"""

import functools
import importlib
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

STACK = ('mim', 'mmengine', 'mmcv', 'mmdet', 'mmpose')
_IN_STACK = rf'({"|".join(STACK)})(\.|$)'

# Start of the message, category, module to which Python attributes it; regular expressions.
WARNINGS: tuple[tuple[str, type[Warning], str], ...] = (
    ('pkg_resources is deprecated as an API', UserWarning, rf'importlib$|{_IN_STACK}'),
    (
        'faster_coco_eval is not installed',
        UserWarning,
        r'mmdet\.evaluation\.metrics\.faster_coco_metric$',
    ),
    (
        r'The metainfo config file "(configs/_base_/datasets/\w+\.py)" does not exist\. '
        r'A matched config file ".*mmpose.\.mim.\1"',
        UserWarning,
        r'mmpose\.datasets\.datasets\.utils$',
    ),
    ('torch.meshgrid: in an upcoming release', UserWarning, r'torch\.functional$'),
    (r'`torch\.cuda\.amp\.\w+\(args\.\.\.\)` is deprecated', FutureWarning, _IN_STACK),
)
# Start of a line of MMEngine's print_log.
LOG_LINES = (
    '"FileClient" will be deprecated in future',
    '"HardDiskBackend" is the alias of "LocalBackend"',
    'Could not import OneDL. Skipping OneDL datasets.',
)
# Modules whose print_log is called: the one that others import it from, and FileClient's own.
LOGGERS = ('mmengine.logging', 'mmengine.fileio.file_client')


def quiet_warnings() -> None:
    """Append ``WARNINGS`` to Python's filters; a second call does nothing."""
    for message, category, module in WARNINGS:
        warnings.filterwarnings('ignore', message, category, module, append=True)


def quiet_logs() -> None:
    """Filter ``LOG_LINES`` of the stack's own modules; a second call does nothing.

    Modules that have imported ``print_log`` from MMEngine before keep theirs.
    """
    for name in LOGGERS:
        module: Any = importlib.import_module(name)
        if not hasattr(module.print_log, 'spoken'):
            module.print_log = _without_lines(module.print_log)


def quiet_environment() -> None:
    """Leave out what a shell says of a missing compiler, for which MMEngine's log has "n/a".

    Only the module that collects MMEngine's environment gets another ``subprocess``.
    """
    module: Any = importlib.import_module('mmengine.utils.dl_utils.collect_env')
    silent = functools.partial(subprocess.check_output, stderr=subprocess.DEVNULL)
    module.subprocess = types.SimpleNamespace(**{**vars(subprocess), 'check_output': silent})


def _without_lines(print_log: Callable[..., None]) -> Callable[..., None]:
    """Wrap MMEngine's print_log so that ``LOG_LINES`` of the stack are left out."""

    def quiet_print_log(msg: Any, *args: Any, **kwargs: Any) -> None:
        if isinstance(msg, str) and msg.startswith(LOG_LINES) and _stack_calls():
            return
        print_log(msg, *args, **kwargs)

    quiet_print_log.spoken = print_log  # type: ignore[attr-defined]
    return quiet_print_log


def _stack_calls() -> bool:
    """Return whether the caller of a line, apart from FileClient, is the stack."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get('__name__') == 'mmengine.fileio.file_client':
        frame = frame.f_back
    return str(frame.f_globals.get('__name__')).split('.')[0] in STACK
