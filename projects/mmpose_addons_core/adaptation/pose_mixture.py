"""A Gaussian mixture of poses and their mirror images, fitted to poses with missing joints.

Shape letters: N poses, K keypoints, D = 2 K coordinates, M components, F = 2 images of a pose,
itself and mirrored, or 1. Coordinates are (x, y), normalised: the box's centre is the origin,
its longer side the unit.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

UNKNOWN = 100.0
"""Variance of the observation of a missing coordinate; next to it, those of poses vanish."""

FEWEST_JOINTS = 3
"""A pose with fewer joints has no shape to learn from."""

FLOOR = 1e-4
"""Smallest variance of a coordinate, 0.01 of the box's side squared."""


@dataclass(frozen=True)
class PoseMixture:
    """Distribution of the joints of a kind of animal.

    Attributes:
        weights: (M,), sum 1.
        means: (M, D), of poses that head the same way if ``mirror``.
        covariances: (M, D, D).
        flip_indices: For each keypoint its mirror image's index.
        mirror: Whether a mirror image is as likely as a pose.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    flip_indices: tuple[int, ...]
    mirror: bool

    def images(self, poses: np.ndarray, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each pose and its mirror image.

        Args:
            poses: (N, K, 2), normalised.
            shown: (N, K), bool.

        Returns:
            Poses (N, F, D) with 0 for missing joints, and which are shown (N, F, D).
        """
        return _images(poses, shown, self.flip_indices, self.mirror)

    def explain(
        self,
        values: np.ndarray,
        given: np.ndarray,
        covariances: np.ndarray | None = None,
    ) -> 'Explanation':
        """Compute how well each component explains each pose.

        Args:
            values: (N, F, D), 0 where missing.
            given: (N, F, D), bool.
            covariances: (M, D, D), in place of the fitted ones.
        """
        covariances = self.covariances if covariances is None else covariances
        dimensions = values.shape[-1]
        deviation = np.where(given[..., None, :], values[..., None, :] - self.means, 0.0)
        # poses that lack the same joints share their matrices
        patterns, pattern = np.unique(
            given.reshape(-1, dimensions), axis=0, return_inverse=True
        )
        pattern = pattern.reshape(given.shape[:-1])
        missing = np.where(patterns, 0.0, UNKNOWN)[:, None, :, None] * np.eye(dimensions)
        total = covariances + missing
        precision = np.linalg.inv(total)
        # a missing coordinate adds log(UNKNOWN) to the determinant and explains nothing
        count = patterns.sum(-1)[:, None]
        constant = np.linalg.slogdet(total)[1] - (dimensions - count) * np.log(UNKNOWN)
        constant = constant + count * np.log(2 * np.pi)
        density = np.empty(deviation.shape[:-1])
        for u, (matrix, part) in enumerate(zip(precision, constant, strict=True)):
            of = pattern == u
            square = np.einsum(
                'nmd,mde,nme->nm', deviation[of], matrix, deviation[of], optimize=True
            )
            density[of] = -0.5 * (square + part)
        return Explanation(density + np.log(self.weights), deviation, pattern, precision)


class Explanation(NamedTuple):
    """Result of :meth:`PoseMixture.explain`; U patterns of missing joints."""

    density: np.ndarray
    """(N, F, M), log densities of the given coordinates, weights included."""
    deviation: np.ndarray
    """(N, F, M, D), from the means; 0 where missing."""
    pattern: np.ndarray
    """(N, F), from 0 to U - 1, which joints are missing."""
    precision: np.ndarray
    """(U, M, D, D), precision matrices of each pattern."""


def fit_mixture(
    poses: np.ndarray,
    shown: np.ndarray,
    flip_indices: tuple[int, ...],
    components: int = 4,
    mirror: bool = True,
    iterations: int = 20,
    shrinkage: float = 0.1,
    seed: int = 0,
) -> PoseMixture:
    """Fit a mixture by expectation maximisation with missing coordinates.

    Ghahramani and Jordan, "Supervised learning from incomplete data via an EM approach", NIPS
    1993. With ``mirror``, which of a pose and its mirror image a component stands for is one
    more hidden variable, so that left- and right-heading poses share the components.

    Args:
        poses: (N, K, 2), normalised.
        shown: (N, K), bool.
        flip_indices: For each keypoint its mirror image's index.
        components: M; fewer if there are fewer than 20 poses for each.
        mirror: Whether animals head both ways.
        iterations: Of the expectation maximisation.
        shrinkage: Share of the diagonal in each covariance matrix.
        seed: Of the first components.

    Raises:
        ValueError: If no pose has three joints.
    """
    enough = shown.sum(1) >= FEWEST_JOINTS
    if not enough.any():
        raise ValueError(
            f'expected poses with {FEWEST_JOINTS} joints or more, got none of {len(poses)}'
        )
    values, given = _images(poses[enough], shown[enough], flip_indices, mirror)
    components = max(1, min(components, len(values) // 20))
    rng = np.random.default_rng(seed)
    share = _first_shares(values, given, components, rng)
    dimensions = values.shape[-1]
    spread = (values.std((0, 1)) ** 2 + FLOOR) * np.eye(dimensions)
    mixture = PoseMixture(
        weights=np.full(components, 1 / components),
        means=np.einsum('nfm,nfd->md', share, values)
        / np.maximum(np.einsum('nfm,nfd->md', share, given * 1.0), 1e-9),
        covariances=np.repeat(spread[None], components, axis=0),
        flip_indices=flip_indices,
        mirror=mirror,
    )
    for step in range(iterations):
        explanation = mixture.explain(values, given)
        if step:
            share = _softmax(explanation.density)
        mixture = _maximised(mixture, share, explanation, shrinkage)
    return mixture


def _maximised(
    mixture: PoseMixture, share: np.ndarray, explanation: Explanation, shrinkage: float
) -> PoseMixture:
    """Return the mixture that explains the poses best, given each component's share in each."""
    count = share.sum((0, 1)) + 1e-9
    # expected complete poses, as deviations from the old mean, and their covariances
    expected = np.empty_like(explanation.deviation)
    uncertain = np.zeros_like(mixture.covariances)
    for u, precision in enumerate(explanation.precision):
        of = explanation.pattern == u
        gain = mixture.covariances @ precision
        expected[of] = np.einsum('mde,nme->nmd', gain, explanation.deviation[of], optimize=True)
        unknown = mixture.covariances - gain @ mixture.covariances
        uncertain += share[of].sum(0)[:, None, None] * unknown
    shift = np.einsum('nfm,nfmd->md', share, expected) / count[:, None]
    weighted = (expected - shift) * share[..., None]
    flat = expected.shape[2], -1, expected.shape[3]
    left = np.moveaxis(weighted, 2, 0).reshape(flat)
    right = np.moveaxis(expected - shift, 2, 0).reshape(flat)
    covariance = (left.transpose(0, 2, 1) @ right + uncertain) / count[:, None, None]
    diagonal = np.eye(covariance.shape[-1]) * covariance.diagonal(0, 1, 2)[..., None]
    covariance = (1 - shrinkage) * covariance + shrinkage * diagonal
    return PoseMixture(
        weights=count / count.sum(),
        means=mixture.means + shift,
        covariances=covariance + FLOOR * np.eye(covariance.shape[-1]),
        flip_indices=mixture.flip_indices,
        mirror=mixture.mirror,
    )


def _images(
    poses: np.ndarray, shown: np.ndarray, flip_indices: tuple[int, ...], mirror: bool
) -> tuple[np.ndarray, np.ndarray]:
    poses = np.where(shown[..., None], poses, 0.0)
    given = np.broadcast_to(shown[..., None], poses.shape)
    both, both_given = [poses], [given]
    if mirror:
        order = list(flip_indices)
        both.append(poses[:, order] * [-1, 1])
        both_given.append(given[:, order])
    flat = len(poses), len(both), -1
    return (
        np.stack(both, 1).reshape(flat).astype(np.float64),
        np.stack(both_given, 1).reshape(flat),
    )


def _first_shares(
    values: np.ndarray, given: np.ndarray, components: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose shares (N, F, M), 0 or 1: poses turned the way of one of them, then clusters."""
    tries = [_clusters(values, given, values[[i], 0]) for i in rng.permutation(len(values))[:5]]
    turned = min(tries, key=lambda found: found[1])[0][:, 0]
    rows = np.arange(len(values))
    picked, mask = values[rows, turned][:, None], given[rows, turned][:, None]
    starts = rng.choice(len(values), components, replace=False)
    clusters, _ = _clusters(picked, mask, picked[starts, 0])
    share = np.zeros((*values.shape[:2], components))
    share[rows, turned, clusters[:, 1]] = 1
    return share


def _clusters(
    values: np.ndarray, given: np.ndarray, centres: np.ndarray
) -> tuple[np.ndarray, float]:
    """Run Lloyd's algorithm over images and centres: indices (N, 2) of both, mean cost."""
    centres = centres.copy()
    for _ in range(10):
        gaps = (values[:, :, None] - centres) ** 2 * given[:, :, None]
        costs = gaps.sum(-1) / np.maximum(given.sum(-1), 1)[..., None]
        flat = costs.reshape(len(values), -1)
        chosen = np.stack(np.divmod(flat.argmin(1), len(centres)), 1)
        rows = np.arange(len(values))
        mine, there = values[rows, chosen[:, 0]], given[rows, chosen[:, 0]]
        for m in range(len(centres)):
            members = chosen[:, 1] == m
            counts = there[members].sum(0)
            sums = mine[members].sum(0)
            centres[m] = np.where(counts > 0, sums / np.maximum(counts, 1), centres[m])
    return chosen, float(flat.min(1).mean())


def _softmax(density: np.ndarray) -> np.ndarray:
    """Normalise log densities to shares (N, F, M), which sum to 1 over F and M."""
    top = density.max((1, 2), keepdims=True)
    share = np.exp(density - top)
    return share / share.sum((1, 2), keepdims=True)
