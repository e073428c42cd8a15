"""Keypoints as heatmaps and back: targets, peaks and sub-pixel decoding, in batches.

**What goes in.** Maps (..., H, W), points (..., 2) in (x, y) order and weights (...), with any
leading shape, as PyTorch tensors on any device or as NumPy arrays. float64 is computed in
float64; every other type, half types included, in float32. Sizes, sigmas and flags are Python
numbers. No argument is changed in place.

**What comes out.** NumPy arrays if all array arguments are NumPy arrays, otherwise tensors on
the arguments' device. Peaks are int64, drawn maps float32, all else is of the type that was
computed in. Gradients flow where a docstring says "differentiable".

**How it is computed.** A function that :func:`~mmpose_addons_core.formula.formula` decorates
states its method in PyTorch, in the file named after the method. For tensors on the CPU and for
arrays, a kernel of the folder ``cpu`` replaces it, which differs by at most the tolerance that
its decorator :func:`~mmpose_addons_core.formula.replaces` states. The formula itself always
runs on other devices, while a network is traced, where a gradient is wanted, and in
a block of :func:`~mmpose_addons_core.formula.formulas_only`. Functions without the decorator
(such as :func:`.windows.cut_windows`) are parts of formulas and take tensors only.
"""

from .blur import gaussian_blur, kernel_size_for
from .dark import dark_refine
from .disk_offset import disk_offset_maps, disk_offset_points, udp_offset_points
from .gaussian import gaussian_heatmaps
from .grid import stride_grid, unit_length_grid
from .hough import hough_points, hough_votes
from .peaks import heatmap_peaks, quarter_shift
from .soft_argmax import soft_argmax
from .udp import udp_refine

from . import cpu  # noqa: F401  isort: skip  registers the kernels of the formulas above

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
