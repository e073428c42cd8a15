"""Plausibility of poses, learned from the poses of the source.

Shape letters: N poses, K keypoints, D = 2 K coordinates, M components. Coordinates are (x, y)
in image px; boxes are x, y, w, h.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..even_choice import evenly_chosen
from ..setting_checks import check_counts, check_numbers
from .pose_mixture import PoseMixture, fit_mixture


class Judgement(NamedTuple):
    """Plausibility of poses."""

    density: np.ndarray
    """(N,), log density for each coordinate; NaN without a shown joint."""
    distance: np.ndarray
    """(N,), squared Mahalanobis distance for each coordinate; below 1 for the source."""
    joint_distance: np.ndarray
    """(N, K), the same of a joint, given all others; NaN for joints that are not shown."""
    mirrored: np.ndarray
    """(N,), log odds that the pose heads against the components' heading."""


@dataclass(frozen=True)
class PosePrior:
    """A mixture of the source's poses, tolerant of other proportions.

    Precedents: limb orientations of source poses (POST, Raychaudhuri et al., ICCV 2023), limb
    lengths and angles as a filter of pseudo-labels (arXiv 2211.12193). A mixture of Gaussians
    holds both, and the order of joints along the animal.

    Attributes:
        mixture: Of normalised poses.
        limit: ``joint_distance`` that a joint of the source exceeds in 1 of 100 cases.
        tolerance: Factor to the standard deviations, for targets of another build.
        shift: Standard deviation of the box's position, as a share of its longer side.
        stretch: Standard deviation of the box's size, as a share.
        noise: Standard deviation of a coordinate of a pose to judge, as a share of the box's
            longer side.
    """

    mixture: PoseMixture
    limit: float = 9.0
    tolerance: float = 1.0
    shift: float = 0.05
    stretch: float = 0.1
    noise: float = 0.02

    def judge(self, points: np.ndarray, shown: np.ndarray, boxes: np.ndarray) -> Judgement:
        """Judge how plausible poses are.

        Args:
            points: (N, K, 2).
            shown: (N, K), bool; other joints are ignored.
            boxes: (N, 4).
        """
        mixture = self.mixture
        values, given = mixture.images(normalised(points, boxes), shown)
        density, deviation, pattern, precisions = mixture.explain(
            values, given, self._covariances()
        )
        count = np.maximum(2 * shown.sum(1), 1).astype(float)
        count[~shown.any(1)] = np.nan
        best = density.reshape(len(values), -1).argmax(1)
        image, component = np.divmod(best, density.shape[2])
        rows = np.arange(len(values))
        precision = precisions[pattern[rows, image], component]
        deviation = deviation[rows, image, component]
        joints = _given_the_others(precision, deviation)
        order = np.asarray(mixture.flip_indices)
        joints = np.where(image[:, None] == 1, joints[:, order], joints)
        square = np.einsum('nd,nde,ne->n', deviation, precision, deviation)
        top = density.max(2)
        return Judgement(
            density=np.logaddexp.reduce(density, axis=(1, 2)) / count,
            distance=square / count,
            joint_distance=np.where(shown, joints, np.nan),
            mirrored=top[:, 1] - top[:, 0] if top.shape[1] == 2 else np.zeros(len(top)),
        )

    def log_densities(
        self, points: np.ndarray, shown: np.ndarray, boxes: np.ndarray
    ) -> np.ndarray:
        """Compute the log density (N,) of each pose, nats."""
        values, given = self.mixture.images(normalised(points, boxes), shown)
        explanation = self.mixture.explain(values, given, self._covariances())
        return np.logaddexp.reduce(explanation.density, axis=(1, 2))

    def _covariances(self) -> np.ndarray:
        """Return covariances (M, D, D) with the tolerance and the uncertainty of the box."""
        means = self.mixture.means
        axes = np.tile(np.eye(2), means.shape[1] // 2)  # (2, D)
        box = self.shift**2 * axes.T @ axes
        size = self.stretch**2 * means[:, :, None] * means[:, None]
        noise = self.noise**2 * np.eye(means.shape[1])
        return self.tolerance**2 * self.mixture.covariances + box + size + noise


def learn_prior(
    points: np.ndarray,
    shown: np.ndarray,
    boxes: np.ndarray,
    flip_indices: Sequence[int],
    tolerance: float = 1.0,
    components: int = 4,
    mirror: bool = True,
    largest: int = 1000,
    seed: int = 0,
) -> PosePrior:
    """Learn a prior from labelled poses.

    Args:
        points: (N, K, 2), of the source.
        shown: (N, K), bool, which joints are labelled.
        boxes: (N, 4).
        flip_indices: For each keypoint its mirror image's index.
        tolerance: See :class:`PosePrior`.
        components: See :func:`fit_mixture`.
        mirror: See :func:`fit_mixture`; False if all animals of source and target head the same
            way, which makes turned poses implausible.
        largest: At most this many poses, evenly chosen.
        seed: See :func:`fit_mixture`.

    Raises:
        ValueError: If no pose has three joints, or an argument makes no sense.
    """
    check_numbers(tolerance=tolerance)
    check_counts(1, components=components, largest=largest)
    check_counts(0, seed=seed)
    if tolerance <= 0:
        raise ValueError(f'tolerance must be positive, got {tolerance}')
    some = evenly_chosen(len(points), largest)
    points, shown, boxes = points[some], shown[some], boxes[some]
    mixture = fit_mixture(
        normalised(points, boxes),
        shown,
        tuple(int(index) for index in flip_indices),
        components=components,
        mirror=mirror,
        seed=seed,
    )
    prior = PosePrior(mixture, tolerance=tolerance)
    own = prior.judge(points, shown, boxes).joint_distance
    limit = float(np.nanquantile(own, 0.99))
    return PosePrior(mixture, limit=limit, tolerance=tolerance)


def normalised(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Normalise points (N, K, 2) by the centres of boxes (N, 4) and the longer sides."""
    centre = boxes[:, :2] + boxes[:, 2:] / 2
    side = np.maximum(boxes[:, 2:].max(1), 1e-6)
    return (points - centre[:, None]) / side[:, None, None]


def _given_the_others(precision: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Compute squared Mahalanobis distances (N, K) of joints given all others.

    With the precision matrix P and the deviation d, the joint's residual is
    P_jj^-1 (P d)_j and its covariance P_jj^-1.
    """
    count = len(deviation)
    pulled = np.einsum('nde,ne->nd', precision, deviation).reshape(count, -1, 2)
    joints = pulled.shape[1]
    blocks = precision.reshape(count, joints, 2, joints, 2)
    own = blocks[:, range(joints), :, range(joints)].transpose(1, 0, 2, 3)
    return np.einsum('nki,nkij,nkj->nk', pulled, np.linalg.inv(own), pulled) / 2
