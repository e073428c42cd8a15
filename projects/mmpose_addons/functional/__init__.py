"""Batched arithmetic on heatmaps and keypoints, in torch, without MMPose."""

from .arrays import accepts_numpy
from .gaussian import gaussian_heatmaps
from .grid import stride_grid, unit_length_grid
from .peaks import heatmap_peaks, quarter_shift
from .soft_argmax import soft_argmax
from .wing import mean_over_visible, wing

__all__ = [
    'accepts_numpy',
    'gaussian_heatmaps',
    'heatmap_peaks',
    'mean_over_visible',
    'quarter_shift',
    'soft_argmax',
    'stride_grid',
    'unit_length_grid',
    'wing',
]
