"""The console script ``mmpose-addons``."""

from .main import main

__all__ = ['main']
