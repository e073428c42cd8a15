"""Heatmap codecs, registered into MMPose's ``KEYPOINT_CODECS``."""

from .heatmap_codec import HeatmapCodec, NotFiniteError
from .soft_argmax_heatmap import SoftArgmaxHeatmap

__all__ = ['HeatmapCodec', 'NotFiniteError', 'SoftArgmaxHeatmap']
