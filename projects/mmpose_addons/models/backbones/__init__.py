from .hourglass_preact import HourglassPreAct
from .lpn import LPN

__all__ = ['LPN', 'HourglassPreAct']
