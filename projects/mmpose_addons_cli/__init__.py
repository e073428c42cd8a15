"""``mmpose-addons COMMAND``: one file a command, each with ``parse_args`` and ``main``.

A package beside ``mmpose_addons``, whose import takes seconds: help and wrong arguments need
not wait for it. The scripts of ``tools/`` call the same ``main`` functions.

Importing it sets what PyTorch reads once when it is loaded: its OpenMP threads spin at most
10,000 times at a barrier before they sleep. With the much longer default, threads of two busy
processes on one machine mostly wait for each other. On a quiet machine the shorter wait costs
nothing (docs/troubleshooting.md has the figures).
"""

import os

if not {'GOMP_SPINCOUNT', 'OMP_WAIT_POLICY'} & set(os.environ):
    os.environ['GOMP_SPINCOUNT'] = '10000'

from .main import main

__all__ = ['main']
