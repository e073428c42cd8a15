"""The arithmetic of this project, without MMPose and MMEngine.

``heatmaps``, ``losses``, ``metrics``, ``faces``, ``adaptation``, ``tracking``, ``networks``,
``keypoints`` and ``datasets`` hold functions on PyTorch tensors and NumPy arrays,
``onnx_files`` describes exported files. This file imports none of them: ``faces``,
``keypoints``, ``datasets`` and ``onnx_files`` load without PyTorch.
"""
