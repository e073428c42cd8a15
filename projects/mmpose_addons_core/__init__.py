"""The arithmetic of this project, without MMPose and MMEngine.

``heatmaps``, ``losses``, ``metrics``, ``faces``, ``adaptation``, ``tracking``, ``networks``,
``keypoints`` and ``datasets`` hold functions on PyTorch tensors and NumPy arrays. This file
imports none of them: ``faces``, ``keypoints`` and ``datasets`` load without PyTorch.
"""
