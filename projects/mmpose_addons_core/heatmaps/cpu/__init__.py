"""Kernels that replace the formulas of the folder above on a CPU.

A kernel computes the same from NumPy arrays with NumPy, whose calls cost a third of PyTorch's,
and reads no more of a map than the result needs. Each is registered by
:func:`~mmpose_addons_core.formula.replaces`, which states the largest difference, and
``tests/test_core/test_heatmaps/test_cpu`` compares it with its formula. Nothing outside this
folder calls a kernel directly.
"""

from . import blur, dark, disk_offset, gaussian, peaks, udp

__all__ = ['blur', 'dark', 'disk_offset', 'gaussian', 'peaks', 'udp']
