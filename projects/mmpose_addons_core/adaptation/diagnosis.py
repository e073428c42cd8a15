"""Estimates of how right predictions are, without any label of the target.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px; boxes are x, y, w, h.
All estimates are high for good predictions.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from .limb_pairs import sides_apart
from .pose_prior import PosePrior, normalised

FEWER = 'CCSSLHook: a stricter curriculum; mean teacher: a smaller share of consistency'

ADVICE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        'view_agreement': (
            'the predictions for an image and for a rotated, scaled view of it agree for '
            '{value:.0%} of the joints',
            'a source that looks more like the target (RandomPhotometry, RandomBackground, '
            'FourierDomainAdaptation in its pipeline)',
        ),
        'appearance_agreement': (
            'the predictions for an image and for one of changed colours agree for {value:.0%} '
            'of the joints',
            'RandomPhotometry or RandomTexture in the pipeline of the source',
        ),
        'flow_agreement': (
            'predictions agree with the optical flow from the frame before for {value:.0%} of '
            'the joints',
            'frames that lie closer together, or a longer training of the source network',
        ),
        'student_agreement': (
            'the student agrees with its teacher for {value:.0%} of the joints',
            'a longer burn-in or a smaller weight of consistency',
        ),
        'stability': (
            '{value:.0%} of the joints are where the last diagnosis found them',
            f'a smaller learning rate or fewer labels ({FEWER})',
        ),
        'spread': (
            'poses vary {value:.2f} times as much over the images as those of the source; '
            'near 0 the network predicts one average pose everywhere',
            f'fewer labels ({FEWER}), or to start from the source network again',
        ),
        'variety': (
            'the shapes of poses vary {value:.2f} times as much over the images as those of '
            'the source; near 0 the network predicts one pose, or one point, everywhere',
            f'a longer training of the source network, or fewer labels ({FEWER})',
        ),
        'plausible': (
            '{value:.0%} of the joints fit the poses of the source',
            'CCSSLHook(checks=dict()), which leaves implausible joints out',
        ),
        'sides_apart': (
            'the two sides of {value:.0%} of the paired joints are told apart',
            'SideAgnosticLoss in the first epochs',
        ),
    }
)
"""Estimate: what it says, with ``{value}``, and what to try when it is low."""

THRESHOLDS: Mapping[str, float] = MappingProxyType(dict(view_agreement=0.6, spread=0.5))
"""Values below which estimates warn by default. Before an adaptation, ``view_agreement``
warned of all measured networks with less than a third of their predictions within 0.05 of the
box, and of none with more than two thirds; between, it may be wrong."""


def agreement(
    first: np.ndarray, second: np.ndarray, boxes: np.ndarray, threshold: float = 0.05
) -> np.ndarray:
    """Return which joints of two predictions agree.

    The two may come from two views, two networks, a teacher and its student, two epochs, or a
    prediction and the optical flow.

    Args:
        first, second: (N, K, 2).
        boxes: (N, 4).
        threshold: Share of the box's longer side.

    Returns:
        (N, K), bool.

    Example:
        >>> a = np.zeros((1, 2, 2))
        >>> agreement(a, a + [[[3, 0], [6, 0]]], np.array([[0, 0, 100, 50]]))
        array([[ True, False]])
    """
    side = boxes[:, 2:].max(1)[:, None]
    return np.linalg.norm(first - second, axis=-1) < threshold * side


def pose_spread(points: np.ndarray, shown: np.ndarray, boxes: np.ndarray) -> float:
    """Compute how much poses differ: the variance of a coordinate, mean over joints.

    A network that draws the same pose everywhere has a spread near 0, whatever its confidence.

    Args:
        points: (N, K, 2).
        shown: (N, K), bool.
        boxes: (N, 4).

    Returns:
        In units of the box's longer side, squared; NaN without a joint in two poses.
    """
    poses = np.where(shown[..., None], normalised(points, boxes), np.nan)
    enough = shown.sum(0) >= 2
    if not enough.any():
        return float('nan')
    return float(np.nanvar(poses[:, enough], axis=0).mean())


def pose_variety(points: np.ndarray, shown: np.ndarray) -> float:
    """Compute how much the shapes of poses differ, wherever and however large they are.

    Unlike :func:`pose_spread` it needs no boxes, so that it compares sets whose boxes differ
    in kind: animals here, whole frames there.

    Args:
        points: (N, K, 2).
        shown: (N, K), bool.

    Returns:
        Standard deviation of the joints over the poses, which are moved onto their mean, as a
        share of the mean pose's size; 0 if that is one point, NaN without a joint in two poses.
    """
    poses = np.where(shown[..., None], points, np.nan)[shown.any(1)]
    enough = shown.sum(0) >= 2
    if not enough.any():
        return float('nan')
    shape = np.zeros((1, *points.shape[1:]))
    for _ in range(3):  # a pose with missing joints is placed by those that it has
        offsets = poses - np.nanmean(poses - shape, axis=1, keepdims=True)
        shape[:, enough] = np.nanmean(offsets[:, enough], axis=0)
        shape[:, ~enough] = np.nan
    size = np.nanstd(shape - np.nanmean(shape, axis=1), axis=1).mean()
    spread = np.sqrt(np.nanvar(offsets[:, enough], axis=0).mean())
    return float(spread / size) if size > 1e-6 else 0.0


def pose_estimates(
    points: np.ndarray,
    boxes: np.ndarray,
    flip_indices: list[int],
    prior: PosePrior | None,
    source_spread: float,
    margin: float = 8.0,
) -> dict[str, float]:
    """Estimate from predicted poses and the poses of the source.

    Args:
        points: (N, K, 2), predicted.
        boxes: (N, 4).
        flip_indices: For each keypoint its mirror image's index.
        prior: Of the source's poses; without it no ``plausible`` and no ``density``.
        source_spread: :func:`pose_spread` of the source.
        margin: As ``drop_margin`` of :func:`corrected`.

    Returns:
        ``spread`` relative to the source; ``sides_apart``: share of paired joints away from
        their mirror image; ``plausible``: share of joints that fit the others; ``density``:
        median log density of a coordinate, nats.
    """
    shown = np.ones(points.shape[:2], bool)
    result = dict(spread=pose_spread(points, shown, boxes) / source_spread)
    paired = np.asarray(flip_indices) != np.arange(len(flip_indices))
    if paired.any():
        apart = sides_apart(points, shown, boxes, flip_indices)
        result['sides_apart'] = float(apart[:, paired].mean())
    if prior is not None:
        judged = prior.judge(points, shown, boxes)
        result['plausible'] = float((judged.joint_distance <= margin * prior.limit).mean())
        result['density'] = float(np.median(judged.density))
    return result


def warnings(estimates: Mapping[str, float], thresholds: Mapping[str, float]) -> list[str]:
    """Return a sentence for each estimate below its threshold, with what to try.

    Example:
        >>> warnings(dict(spread=0.1), dict(spread=0.5))[0][:60]
        'labels are probably wrong: poses vary 0.10 times as much ove'
    """
    found = []
    for name, limit in thresholds.items():
        value = estimates.get(name, float('nan'))
        if value < limit:
            says, cure = ADVICE[name]
            found.append(
                f'labels are probably wrong: {says.format(value=value)} (expected {limit:g} or '
                f'more); try {cure}, or label 10 to 30 images (mmpose-addons frames-to-label)'
            )
    return found
