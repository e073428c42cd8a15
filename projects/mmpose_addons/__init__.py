"""Add-ons for MMPose. Importing this package registers its modules into ``mmpose.registry``."""

from .compat import check_environment, load_checkpoints_safely
from .quiet import quiet_logs, quiet_warnings

quiet_warnings()
check_environment()
quiet_logs()
load_checkpoints_safely()

from . import codecs, datasets, engine, evaluation, models  # noqa: E402  imported to register
from .version import __version__  # noqa: E402

__all__ = ['__version__', 'codecs', 'datasets', 'engine', 'evaluation', 'models']
