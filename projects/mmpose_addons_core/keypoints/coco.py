"""The 17 keypoints of COCO's people."""

PAIRED_PARTS = 'eye', 'ear', 'shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'

KEYPOINTS = (
    'nose',
    *(f'{side}_{part}' for part in PAIRED_PARTS for side in ('left', 'right')),
)

SKELETON = (
    ('left_ankle', 'left_knee'),
    ('left_knee', 'left_hip'),
    ('right_ankle', 'right_knee'),
    ('right_knee', 'right_hip'),
    ('left_hip', 'right_hip'),
    ('left_shoulder', 'left_hip'),
    ('right_shoulder', 'right_hip'),
    ('left_shoulder', 'right_shoulder'),
    ('left_shoulder', 'left_elbow'),
    ('right_shoulder', 'right_elbow'),
    ('left_elbow', 'left_wrist'),
    ('right_elbow', 'right_wrist'),
    ('left_eye', 'right_eye'),
    ('nose', 'left_eye'),
    ('nose', 'right_eye'),
    ('left_eye', 'left_ear'),
    ('right_eye', 'right_ear'),
    ('left_ear', 'left_shoulder'),
    ('right_ear', 'right_shoulder'),
)
"""Limbs in the order of COCO's category ``person``."""
