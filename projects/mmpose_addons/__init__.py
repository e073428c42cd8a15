"""Add-ons for MMPose. Importing this package registers its modules into ``mmpose.registry``."""

import mmpose_addons_fallbacks
from mmpose_addons_fallbacks.quiet import quiet_environment, quiet_logs, quiet_warnings

from .compat import check_environment, load_checkpoints_safely

quiet_warnings()
mmpose_addons_fallbacks.install()  # before MMCV is imported
check_environment()
quiet_logs()
quiet_environment()
load_checkpoints_safely()

from mmpose_addons_core.version import __version__  # noqa: E402

from . import codecs, datasets, engine, evaluation, models  # noqa: E402  imported to register

__all__ = ['__version__', 'codecs', 'datasets', 'engine', 'evaluation', 'models']
