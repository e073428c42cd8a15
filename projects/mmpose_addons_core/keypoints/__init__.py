"""Keypoints of data sets: names, skeletons, sides and sigmas."""
