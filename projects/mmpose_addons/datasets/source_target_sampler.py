"""Batches with a fixed share of each domain, or of domains that take turns."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from mmengine.dist import get_dist_info, sync_random_seed
from mmengine.logging import print_log
from mmpose.registry import DATA_SAMPLERS
from torch.utils.data import Sampler

from mmpose_addons_core.adaptation.batch_order import batch_order
from mmpose_addons_core.setting_checks import check_counts, check_numbers

from .source_target_dataset import SOURCE, TARGET, Draw, SourceTargetDataset


@DATA_SAMPLERS.register_module()
class SourceTargetSampler(Sampler):
    """Draw batches with a fixed number of samples of each domain, or of one domain each.

    An epoch sees every sample of the first labelled domain about once, or lasts
    ``num_batches``. While an unlabelled domain has no sample to learn from, the others share
    its places.

    The draws depend only on the seed and the epoch. Several processes share the batches that
    one process with the sum of their batch sizes would draw, if each domain's share of a
    batch is a whole number of samples: numbers are rounded in each process. A batch has the
    same domains in all of them. A network of which a pure batch uses only some layers needs
    ``find_unused_parameters=True`` in the config of several processes.

    Args:
        dataset: The data loader's data set.
        batch_size: The same as the data loader's.
        target_share: Share of ``target`` samples, of which the rest is ``source``.
        shares: Share of each domain, by name, in place of ``target_share``; for other domains
            than these two. The sum is 1.
        num_batches: Length of an epoch.
        seed: If None, one drawn by MMEngine.
        batches: ``'mixed'``: each batch has all domains. ``'pure'``: each batch has one
            domain, and the batches take turns by the shares. Groups of domains, such as
            ``[['source', 'human'], ['target']]``: each batch has the domains of one group.

    Attributes:
        paused: Names of domains to leave out for now.

    Raises:
        TypeError: If the data set is another one.
        ValueError: If the shares or groups do not fit the domains, a batch or an epoch would
            lack one, or a number is below 1.
    """

    def __init__(
        self,
        dataset: SourceTargetDataset,
        batch_size: int,
        target_share: float = 0.5,
        shares: Mapping[str, float] | None = None,
        num_batches: int | None = None,
        seed: int | None = None,
        batches: str | Sequence[Sequence[str]] = 'mixed',
    ) -> None:
        if not isinstance(dataset, SourceTargetDataset):
            raise TypeError(
                f'SourceTargetSampler needs a SourceTargetDataset, got {type(dataset).__name__}'
            )
        if shares is None:
            check_numbers(target_share=target_share)
            shares = {SOURCE: 1 - target_share, TARGET: target_share}
        if not isinstance(shares, Mapping):
            raise ValueError(f'shares must be a share of each domain by name, got {shares!r}')
        check_numbers(**{f'shares[{name!r}]': share for name, share in shares.items()})
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
        if seed is not None:
            check_counts(0, seed=seed)
        self.dataset = dataset
        self.batch_size = batch_size
        self.shares = {domain: shares[domain] for domain in dataset.domains}
        self.groups = _groups(batches, [*self.shares])
        counts: dict[str, int] = {}
        for group in self.groups:
            counts.update(self._counts(group))
        if min(counts.values()) < 1:
            given = ' and '.join(f'{n} {domain}' for domain, n in counts.items())
            needed = 'both' if len(counts) == 2 else 'all'
            raise ValueError(
                f'a batch of {batch_size} with the shares {self.shares} has {given} samples; '
                f'{needed} are needed'
            )
        self.rank, self.world_size = get_dist_info()
        first = dataset.labelled[0]
        (group,) = (group for group in self.groups if first in group)
        own_batches = math.ceil(len(dataset.domains[first]) / (counts[first] * self.world_size))
        self.num_batches = num_batches or math.ceil(own_batches / self._share_of(group))
        self._check_turns()
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
        groups = [there for group in self.groups if (there := [d for d in group if d in drawn])]
        order = self._order(groups)
        batches = [
            self._batches(group, drawn, order.count(number))
            for number, group in enumerate(groups)
        ]
        for number in order:
            for draws in next(batches[number]):
                yield from draws

    def _order(self, groups: Sequence[Sequence[str]]) -> list[int]:
        """Return the number of the group of each batch of an epoch."""
        shares = [self._share_of(group) for group in groups]
        return batch_order([share / sum(shares) for share in shares], self.num_batches)

    def _share_of(self, group: Sequence[str]) -> float:
        return sum(self.shares[domain] for domain in group)

    def _check_turns(self) -> None:
        if len(self.groups) == 1:
            return
        order = self._order(self.groups)
        never = [group for number, group in enumerate(self.groups) if number not in order]
        if never:
            raise ValueError(
                f'an epoch of {self.num_batches} batches with the shares {self.shares} has no '
                f'batch of {never}; set num_batches or other shares'
            )
        if self.world_size > 1:
            print_log(
                'Batches lack domains and several processes train: set '
                'find_unused_parameters=True in the config if PyTorch reports parameters '
                'without a gradient',
                logger='current',
            )

    def _counts(self, domains: Sequence[str]) -> dict[str, int]:
        """Return how many samples of each domain a batch has; the first takes the rest."""
        total = self._share_of(domains)
        counts = {
            domain: round(self.batch_size * self.shares[domain] / total) if total else 0
            for domain in domains
        }
        first = domains[0]
        counts[first] = self.batch_size - sum(counts.values()) + counts[first]
        return counts

    def _batches(
        self, group: Sequence[str], drawn: Mapping[str, np.ndarray], count: int
    ) -> Iterator[tuple[list[Draw], ...]]:
        """Draw ``count`` batches of a group; each has the draws of each domain."""
        numbers = [*self.shares]
        sizes = self._counts(group)
        return zip(
            *(
                self._draws(drawn[name], count, sizes[name], numbers.index(name), tuple(drawn))
                for name in group
            ),
            strict=True,
        )

    def _draws(
        self,
        indices: np.ndarray,
        batches: int,
        count: int,
        domain: int,
        domains: tuple[str, ...],
    ) -> list[list[Draw]]:
        """Draw ``count`` samples for each batch of this process."""
        rng = np.random.default_rng((self.seed, self.epoch, domain))
        total = batches * count * self.world_size
        rounds = [rng.permutation(indices) for _ in range(math.ceil(total / len(indices)))]
        order = np.concatenate(rounds)[:total].reshape(batches, -1)
        seeds = rng.integers(2**31, size=order.shape)
        mine = slice(self.rank, None, self.world_size)
        return [
            [Draw(int(i), int(seed), domains) for i, seed in zip(row, row_seeds, strict=True)]
            for row, row_seeds in zip(order[:, mine], seeds[:, mine], strict=True)
        ]


def _groups(batches: str | Sequence[Sequence[str]], domains: list[str]) -> list[list[str]]:
    """Return the domains of each kind of batch, in the order of the data set.

    Raises:
        ValueError: If not every domain is in one group.
    """
    if batches == 'mixed':
        return [domains]
    if batches == 'pure':
        return [[domain] for domain in domains]
    groups: list[Sequence[str]] = [] if isinstance(batches, str) else [*batches]
    named = [name for group in groups if not isinstance(group, str) for name in group]
    if sorted(named) != sorted(domains) or not all(groups):
        raise ValueError(
            "expected batches='mixed', 'pure' or groups with each of the domains "
            f'{domains} once, got {batches!r}'
        )
    return [[domain for domain in domains if domain in group] for group in groups]
