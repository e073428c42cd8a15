"""Run exported networks with NumPy, OpenCV and onnxruntime: from images and videos to poses.

Nothing here imports PyTorch or a package of OpenMMLab. ``mmpose_addons`` uses the same modules
for everything around the network: reading, tracks, drawing and writing.
"""

from .boxes import Boxes
from .errors import ModelError
from .frames import Frame, InputError, read_frames
from .people import People
from .pipeline import PosePipeline
from .results import coco_results

__all__ = [
    'Boxes',
    'Frame',
    'InputError',
    'ModelError',
    'People',
    'PosePipeline',
    'coco_results',
    'read_frames',
]
