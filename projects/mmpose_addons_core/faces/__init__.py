"""Faces: layouts of landmarks, the pose of the head, balancing by pose. NumPy only."""

from .head_pose import HeadPose, euler_angles, head_pose, rotation_matrix
from .layouts import FaceLayout, face_layout
from .pose_balance import balanced_repeats, check_balance, pose_coefficients

__all__ = [
    'FaceLayout',
    'HeadPose',
    'balanced_repeats',
    'check_balance',
    'euler_angles',
    'face_layout',
    'head_pose',
    'pose_coefficients',
    'rotation_matrix',
]
