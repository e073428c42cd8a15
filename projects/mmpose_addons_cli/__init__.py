"""``mmpose-addons COMMAND``: one file a command, each with ``parse_args`` and ``main``.

A package beside ``mmpose_addons``, whose import takes seconds: help and wrong arguments need
not wait for it. The scripts of ``tools/`` call the same ``main`` functions.
"""

from .main import main

__all__ = ['main']
