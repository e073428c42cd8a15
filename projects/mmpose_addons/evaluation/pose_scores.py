"""Scores of predicted poses of a target set by labels that training never sees.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

import numpy as np

from mmpose_addons_core.adaptation.hidden_labels import HiddenLabels
from mmpose_addons_core.metrics.side_errors import side_distances, side_scores

from ..datasets.pseudo_label_dataset import PseudoLabelDataset

THRESHOLDS = (0.05, 0.1)
"""Shares of the box's longer side; names of scores end in ``@0.1`` for the second one."""


def pose_scores(
    target: PseudoLabelDataset, points: np.ndarray, there: np.ndarray, labels: HiddenLabels
) -> dict[str, float]:
    """Return the scores of :func:`mmpose_addons_core.metrics.side_errors.side_scores`.

    Args:
        target: The target set, for boxes and pairs.
        points: (N, K, 2), predicted.
        there: (N,), bool, which samples were predicted.
        labels: True keypoints.

    Returns:
        Shares from 0 to 1 by name, and ``images``, the number of images with a label.
    """
    truth, given = labels
    counted = given & there[:, None]
    distances = side_distances(
        points,
        truth,
        counted,
        target.identity()['bbox'][:, 2:].max(1)[:, None],
        target.metainfo['flip_indices'],
    )
    first, *others = THRESHOLDS
    scores = dict(images=float(counted.any(1).sum()), **side_scores(distances, first))
    for threshold in others:
        more = side_scores(distances, threshold)
        scores.update({f'{name}@{threshold:g}': value for name, value in more.items()})
    return scores
