"""Codecs, registered into MMPose's ``KEYPOINT_CODECS``."""

from .dark_heatmap import DARKHeatmap
from .disk_offset_heatmap import DiskOffsetHeatmap
from .heatmap_codec import HeatmapCodec, NotFiniteError
from .quarter_shift_heatmap import QuarterShiftHeatmap
from .regression_with_heatmap import RegressionWithHeatmap
from .soft_argmax_heatmap import SoftArgmaxHeatmap
from .udp_gaussian_heatmap import UDPGaussianHeatmap
from .udp_offset_heatmap import UDPOffsetHeatmap

__all__ = [
    'DARKHeatmap',
    'DiskOffsetHeatmap',
    'HeatmapCodec',
    'NotFiniteError',
    'QuarterShiftHeatmap',
    'RegressionWithHeatmap',
    'SoftArgmaxHeatmap',
    'UDPGaussianHeatmap',
    'UDPOffsetHeatmap',
]
