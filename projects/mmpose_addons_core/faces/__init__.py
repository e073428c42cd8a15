"""Faces: layouts of landmarks, and the pose of the head. NumPy only."""

from .head_pose import HeadPose, euler_angles, head_pose, rotation_matrix
from .layouts import FaceLayout, face_layout

__all__ = [
    'FaceLayout',
    'HeadPose',
    'euler_angles',
    'face_layout',
    'head_pose',
    'rotation_matrix',
]
