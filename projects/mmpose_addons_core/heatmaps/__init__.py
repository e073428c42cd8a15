"""Keypoints as heatmaps and back: targets, peaks and sub-pixel decoding, in batches."""

from .blur import gaussian_blur, kernel_size_for
from .dark import dark_refine
from .disk_offset import disk_offset_maps, disk_offset_points, udp_offset_points
from .gaussian import gaussian_heatmaps
from .grid import stride_grid, unit_length_grid
from .hough import hough_points, hough_votes
from .peaks import heatmap_peaks, quarter_shift
from .soft_argmax import soft_argmax
from .udp import udp_refine

__all__ = [
    'dark_refine',
    'disk_offset_maps',
    'disk_offset_points',
    'gaussian_blur',
    'gaussian_heatmaps',
    'heatmap_peaks',
    'hough_points',
    'hough_votes',
    'kernel_size_for',
    'quarter_shift',
    'soft_argmax',
    'stride_grid',
    'udp_offset_points',
    'udp_refine',
    'unit_length_grid',
]
