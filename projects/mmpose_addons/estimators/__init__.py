"""Pose estimators as functions from crops to keypoints: PyTorch, ONNX, and for labelling."""
