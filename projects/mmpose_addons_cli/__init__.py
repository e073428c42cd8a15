"""The command ``mmpose-addons``: one file per command, with ``parse_args`` and ``main``.

This package is separate from ``mmpose_addons``, whose import takes seconds, so that help and
messages about wrong arguments appear at once. The scripts of ``tools/`` call the same ``main``
functions.

Importing it sets an environment variable that PyTorch reads when it is loaded: OpenMP threads
spin at most 10,000 times at a barrier before they sleep. The default is much longer, and the
threads of two busy processes on one machine then mostly wait for each other. On a quiet machine
the shorter wait costs nothing (measured in docs/troubleshooting.md).
"""

import os

if not {'GOMP_SPINCOUNT', 'OMP_WAIT_POLICY'} & set(os.environ):
    os.environ['GOMP_SPINCOUNT'] = '10000'

from .main import main

__all__ = ['main']
