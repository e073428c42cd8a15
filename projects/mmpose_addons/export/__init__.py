"""Export networks as ONNX files that include normalisation, flip test and decoding."""

from .checks import expected_outputs, keypoint_distances, largest_difference
from .decoding import METHODS, decodes_alike
from .graph import ExportError, PoseGraph
from .onnx_file import export_onnx, run_onnx
from .quantise import quantise_onnx
from .toy_crops import toy_crops

__all__ = [
    'METHODS',
    'ExportError',
    'PoseGraph',
    'decodes_alike',
    'expected_outputs',
    'export_onnx',
    'keypoint_distances',
    'largest_difference',
    'quantise_onnx',
    'run_onnx',
    'toy_crops',
]
