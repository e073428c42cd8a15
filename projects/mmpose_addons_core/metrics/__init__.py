"""Errors of keypoints and landmarks against their ground truth."""

from .ced import ced_area, ced_curve, failure_rate
from .distances import normalised_distances
from .jitter import jitter_scores, landmark_jitter, one_euro_settings, one_euro_views
from .nme import extent, face_errors, group_distance
from .pck import heatmap_distances, pck, peak_distances

__all__ = [
    'ced_area',
    'ced_curve',
    'extent',
    'face_errors',
    'failure_rate',
    'group_distance',
    'heatmap_distances',
    'jitter_scores',
    'landmark_jitter',
    'normalised_distances',
    'one_euro_settings',
    'one_euro_views',
    'pck',
    'peak_distances',
]
