"""Inference: from images and videos to poses."""

from ..estimators.loading import ModelError
from .detector import BoxDetector, Boxes
from .frames import Frame, InputError, read_frames
from .pipeline import PosePipeline
from .results import coco_results

__all__ = [
    'BoxDetector',
    'Boxes',
    'Frame',
    'InputError',
    'ModelError',
    'PosePipeline',
    'coco_results',
    'read_frames',
]
