"""Keypoint evaluation under the name ``xtcocotools``, which MMPose imports.

xtcocotools is pycocotools extended for poses. It is built from source; its only wheel
needs NumPy 1. pycocotools has wheels for NumPy 2 and today's Python, and MMDetection requires
it already. This package subclasses its ``COCO`` and ``COCOeval`` and adds what MMPose's metrics
use of xtcocotools 1.14: other keypoint types, sigmas, ``use_area``, CrowdPose's results and
empty result files.

The package is loaded under another name, so its modules import each other relatively.
"""

from importlib.util import find_spec

if find_spec('pycocotools') is None:
    raise ImportError(
        'Keypoint evaluation needs pycocotools (or xtcocotools), which is not installed. '
        'Run: pip install pycocotools'
    )
