"""Batches with a fixed share of each domain."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from mmengine.dist import get_dist_info, sync_random_seed
from mmpose.registry import DATA_SAMPLERS
from torch.utils.data import Sampler

from mmpose_addons_core.setting_checks import check_counts

from .source_target_dataset import SOURCE, TARGET, Draw, SourceTargetDataset


@DATA_SAMPLERS.register_module()
class SourceTargetSampler(Sampler):
    """Draw batches with a fixed number of samples of each domain.

    An epoch sees every sample of the first labelled domain about once, or lasts
    ``num_batches``. While an unlabelled domain has no sample to learn from, the others share
    its places.

    The draws depend only on the seed and the epoch. Several processes share the batches that
    one process with the sum of their batch sizes would draw.

    Args:
        dataset: The data loader's data set.
        batch_size: The same as the data loader's.
        target_share: Share of ``target`` samples in a batch, of which the rest is ``source``.
        shares: Share of each domain in a batch, by name, in place of ``target_share``; for
            other domains than these two. The sum is 1.
        num_batches: Length of an epoch.
        seed: If None, one drawn by MMEngine.

    Attributes:
        paused: Names of domains to leave out for now.

    Raises:
        TypeError: If the data set is another one.
        ValueError: If the shares do not fit the domains, a batch would lack one, or a number is
            below 1.
    """

    def __init__(
        self,
        dataset: SourceTargetDataset,
        batch_size: int,
        target_share: float = 0.5,
        shares: Mapping[str, float] | None = None,
        num_batches: int | None = None,
        seed: int | None = None,
    ) -> None:
        if not isinstance(dataset, SourceTargetDataset):
            raise TypeError(
                f'SourceTargetSampler needs a SourceTargetDataset, got {type(dataset).__name__}'
            )
        if shares is None:
            shares = {SOURCE: 1 - target_share, TARGET: target_share}
        if sorted(shares) != sorted(dataset.domains) or not math.isclose(
            sum(shares.values()), 1, abs_tol=1e-3
        ):
            raise ValueError(
                f'the domains {[*dataset.domains]} need shares with the sum 1, got '
                f'{dict(shares)}'
            )
        check_counts(1, batch_size=batch_size)
        if num_batches is not None:
            check_counts(1, num_batches=num_batches)
        self.dataset = dataset
        self.batch_size = batch_size
        self.shares = {domain: shares[domain] for domain in dataset.domains}
        counts = self._counts([*self.shares])
        if min(counts.values()) < 1:
            given = ' and '.join(f'{n} {domain}' for domain, n in counts.items())
            needed = 'both' if len(counts) == 2 else 'all'
            raise ValueError(
                f'a batch of {batch_size} with the shares {self.shares} has {given} samples; '
                f'{needed} are needed'
            )
        self.rank, self.world_size = get_dist_info()
        first = dataset.labelled[0]
        self.num_batches = num_batches or math.ceil(
            len(dataset.domains[first]) / (counts[first] * self.world_size)
        )
        self.paused: set[str] = set()
        self.seed = sync_random_seed() if seed is None else seed
        self.epoch = 0

    def __len__(self) -> int:
        return self.num_batches * self.batch_size

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch; MMEngine's ``DistSamplerSeedHook`` calls this."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[Draw]:
        drawn = {
            domain: indices
            for domain in self.shares
            if domain not in self.paused and len(indices := self.dataset.drawn(domain))
        }
        counts = self._counts([*drawn])
        numbers = {domain: number for number, domain in enumerate(self.shares)}
        parts = [
            self._draws(indices, counts[domain], numbers[domain])
            for domain, indices in drawn.items()
        ]
        for batch in zip(*parts, strict=True):
            for draws in batch:
                yield from draws

    def _counts(self, domains: list[str]) -> dict[str, int]:
        """Return how many samples of each domain a batch has; the first takes the rest."""
        total = sum(self.shares[domain] for domain in domains)
        counts = {
            domain: round(self.batch_size * self.shares[domain] / total) if total else 0
            for domain in domains
        }
        first = domains[0]
        counts[first] = self.batch_size - sum(counts.values()) + counts[first]
        return counts

    def _draws(self, indices: np.ndarray, count: int, domain: int) -> list[list[Draw]]:
        """Draw ``count`` samples for each batch of this process."""
        rng = np.random.default_rng((self.seed, self.epoch, domain))
        total = self.num_batches * count * self.world_size
        rounds = [rng.permutation(indices) for _ in range(math.ceil(total / len(indices)))]
        order = np.concatenate(rounds)[:total].reshape(self.num_batches, -1)
        seeds = rng.integers(2**31, size=order.shape)
        mine = slice(self.rank, None, self.world_size)
        return [
            [Draw(int(i), int(seed)) for i, seed in zip(row, row_seeds, strict=True)]
            for row, row_seeds in zip(order[:, mine], seeds[:, mine], strict=True)
        ]
