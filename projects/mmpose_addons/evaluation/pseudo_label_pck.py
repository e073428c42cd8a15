"""PCK of pseudo-labels, measured by labels of the target set that training never uses.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

import numpy as np

from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.metrics import normalised_distances
from mmpose_addons_core.metrics.side_errors import side_distances, side_scores

THRESHOLD = 0.05
"""Share of the longer side of the box within which a label is correct."""


def near_truth(labels: PseudoLabels, truth: np.ndarray) -> np.ndarray:
    """Return which labels (N, K) lie within 0.05 of the box's longer side of the truth."""
    side = labels.bbox[:, 2:].max(1)
    return normalised_distances(labels.keypoints, truth, True, side[:, None]) < THRESHOLD


def pseudo_label_pck(
    labels: PseudoLabels, truth: np.ndarray, labelled: np.ndarray
) -> dict[str, float]:
    """Return the share of correct pseudo-labels among those with a hidden label.

    Args:
        labels: Of one round.
        truth: (N, K, 2), the target set's own labels.
        labelled: (N, K), bool, whether there is such a label.

    Returns:
        ``pck_kept`` of the kept joints, ``pck_all`` of all joints of images that could be
        read; NaN where there is no joint to judge.
    """
    near = near_truth(labels, truth)

    def share(of: np.ndarray) -> float:
        return float(near[of].mean()) if of.any() else float('nan')

    return dict(
        pck_kept=share(labelled & labels.kept),
        pck_all=share(labelled & labels.found[:, None]),
    )


def pseudo_label_sides(
    labels: PseudoLabels, truth: np.ndarray, labelled: np.ndarray
) -> dict[str, float]:
    """Return errors of sides and headings, of all joints of images that could be read.

    Args:
        labels: Of one round.
        truth: (N, K, 2), the target set's own labels.
        labelled: (N, K), bool, whether there is such a label.

    Returns:
        ``pck_without_sides``, ``pck_better_heading``, ``swaps`` and ``reversals``, see
        :func:`mmpose_addons_core.metrics.side_errors.side_scores`.
    """
    distances = side_distances(
        labels.keypoints,
        truth,
        labelled & labels.found[:, None],
        labels.bbox[:, 2:].max(1)[:, None],
        labels.flip_indices.tolist(),
    )
    scores = side_scores(distances, THRESHOLD)
    del scores['pck']
    return scores
