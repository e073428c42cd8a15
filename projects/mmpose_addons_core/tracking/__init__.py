"""Keypoints of people over the frames of a video."""
