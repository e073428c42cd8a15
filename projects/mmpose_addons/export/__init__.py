"""Networks as ONNX files that need nothing before them but a crop, and nothing after them."""

from .graph import ExportError, PoseGraph
from .onnx_file import export_onnx, keypoint_distances, largest_difference
from .quantise import quantise_onnx
from .reading import METHODS
from .toy_crops import SUBJECTS, toy_crops

__all__ = [
    'METHODS',
    'SUBJECTS',
    'ExportError',
    'PoseGraph',
    'export_onnx',
    'keypoint_distances',
    'largest_difference',
    'quantise_onnx',
    'toy_crops',
]
