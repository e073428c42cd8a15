"""Scores of predicted landmarks.

Shape letters: N faces, K landmarks, V views. Coordinates are (x, y) in image px.
"""

import numpy as np

from mmpose_addons_core.faces import face_layout, head_pose
from mmpose_addons_core.metrics import (
    ced_area,
    face_errors,
    failure_rate,
    group_distance,
    jitter_scores,
    one_euro_views,
)

THRESHOLDS = (0.08, 0.1)
TURNED = 20
"""A face with a larger yaw is turned, degrees."""
RATE = 30
"""Views a second, for the One-Euro filter."""


def regions(count: int) -> dict[str, list[int]]:
    """Return the landmarks of each region."""
    parts = face_layout(count).parts
    names = dict(
        contour=('jaw',),
        brows=('left_brow', 'right_brow'),
        nose=('nose_bridge', 'nose_base'),
        eyes=('left_eye', 'right_eye'),
        mouth=('outer_lip', 'inner_lip'),
    )
    return {
        region: [index for part in members for index in parts[part]]
        for region, members in names.items()
    }


def eye_distances(truth: np.ndarray) -> np.ndarray:
    """Return the distance (N,), px, of the outer eye corners of faces (N, K, 2)."""
    return group_distance(truth, *face_layout(truth.shape[1]).outer_eye_corners)


def errors_of(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the NME (N,) of each face, shares of the inter-ocular distance."""
    visible = np.ones(truth.shape[:2], dtype=bool)
    return face_errors(predicted, truth, visible, eye_distances(truth))


def scores(predicted: np.ndarray, truth: np.ndarray, box: np.ndarray) -> dict[str, float]:
    """Return shares, not per cent, of the inter-ocular distance unless the name says box.

    Args:
        predicted, truth: (N, K, 2).
        box: (N,), sqrt(w h) of the box.
    """
    visible = np.ones(truth.shape[:2], dtype=bool)
    eyes = eye_distances(truth)
    errors = face_errors(predicted, truth, visible, eyes)
    found = dict(
        nme=float(errors.mean()),
        median=float(np.median(errors)),
        p90=float(np.percentile(errors, 90)),
        nme_box=float(face_errors(predicted, truth, visible, box).mean()),
    )
    for threshold in THRESHOLDS:
        found[f'fr@{threshold:g}'] = failure_rate(errors, threshold)
        found[f'auc@{threshold:g}'] = ced_area(errors, threshold) / threshold
    for region, points in regions(truth.shape[1]).items():
        part = face_errors(predicted[:, points], truth[:, points], visible[:, points], eyes)
        found[region] = float(part.mean())
        found[f'{region}_median'] = float(np.median(part))
    turned = np.abs(head_pose(truth).angles[:, 0]) > TURNED
    if turned.any():
        found['turned'] = float(errors[turned].mean())
    return found


def jitters(views: np.ndarray, eyes: np.ndarray, box: np.ndarray) -> dict[str, float]:
    """Return the root mean square movement of a landmark between crops of the same face.

    Args:
        views: (V, N, K, 2).
        eyes: (N,), px, the length.
        box: (N,), px, sqrt(w h) of the boxes, the unit of the filter.

    Returns:
        ``jitter`` and ``jitter_worst``, the means over the faces of the mean and of the largest
        over the landmarks; the same after the One-Euro filter with its default settings, the
        views as frames of a video at :data:`RATE` frames a second. The first half of the
        frames, in which the filter settles, does not count in either.
    """
    half = len(views) // 2
    smooth = one_euro_views(views, box, RATE)
    found = jitter_scores(views[half:], eyes)
    after = jitter_scores(smooth[half:], eyes)
    return found | {f'{name}_one_euro': value for name, value in after.items()}
