"""Inference: from images and videos to poses."""

from mmpose_addons_runtime.boxes import Boxes
from mmpose_addons_runtime.errors import ModelError
from mmpose_addons_runtime.frames import Frame, InputError, read_frames

from .detector import BoxDetector
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
