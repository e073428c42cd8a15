"""Convert published data sets to COCO keypoint files, without MMPose."""

from .coco_json import ConversionError
from .synthetic_animals import convert_synthetic_animal
from .tigdog import convert_tigdog

__all__ = ['ConversionError', 'convert_synthetic_animal', 'convert_tigdog']
