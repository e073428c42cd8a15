"""Batched arithmetic on heatmaps and keypoints, in torch, without MMPose."""

from .arrays import accepts_numpy
from .blur import gaussian_blur, kernel_size_for
from .ced import ced_area, ced_curve, failure_rate
from .dark import dark_refine
from .disk_offset import disk_offset_maps, disk_offset_points, udp_offset_points
from .face_layouts import FaceLayout, face_layout
from .gaussian import gaussian_heatmaps
from .grid import stride_grid, unit_length_grid
from .head_pose import HeadPose, euler_angles, head_pose, rotation_matrix
from .hough import hough_points, hough_votes
from .jitter import landmark_jitter
from .nme import extent, face_errors, group_distance
from .offset_losses import grmi_loss, udp_offset_loss
from .pck import heatmap_distances, normalised_distances, pck, peak_distances
from .peaks import heatmap_peaks, quarter_shift
from .soft_argmax import soft_argmax
from .udp import udp_refine
from .wing import mean_over_visible, wing

__all__ = [
    'FaceLayout',
    'HeadPose',
    'accepts_numpy',
    'ced_area',
    'ced_curve',
    'dark_refine',
    'disk_offset_maps',
    'disk_offset_points',
    'euler_angles',
    'extent',
    'face_errors',
    'face_layout',
    'failure_rate',
    'gaussian_blur',
    'gaussian_heatmaps',
    'grmi_loss',
    'group_distance',
    'head_pose',
    'heatmap_distances',
    'heatmap_peaks',
    'hough_points',
    'hough_votes',
    'kernel_size_for',
    'landmark_jitter',
    'mean_over_visible',
    'normalised_distances',
    'pck',
    'peak_distances',
    'quarter_shift',
    'rotation_matrix',
    'soft_argmax',
    'stride_grid',
    'udp_offset_loss',
    'udp_offset_points',
    'udp_refine',
    'unit_length_grid',
    'wing',
]
