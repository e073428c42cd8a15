"""Batches of source and target samples in a fixed ratio."""

import math
from collections.abc import Iterator

import numpy as np
from mmengine.dist import get_dist_info, sync_random_seed
from mmpose.registry import DATA_SAMPLERS
from torch.utils.data import Sampler

from .source_target_dataset import Draw, SourceTargetDataset


@DATA_SAMPLERS.register_module()
class SourceTargetSampler(Sampler):
    """Draws source and target samples, so many of each in every batch.

    An epoch sees every source sample about once, or lasts ``num_batches``. While the target has
    no label at all, batches are all source.

    What is drawn depends on the seed and the epoch alone. Several processes share the batches
    that one process with their batch sizes' sum would draw.

    Args:
        dataset: The data loader's data set.
        batch_size: The same as the data loader's.
        target_share: Share of target samples in a batch.
        num_batches: Length of an epoch.
        seed: If None, one drawn by MMEngine.

    Raises:
        TypeError: If the data set is another one.
        ValueError: If a batch would lack source or target samples.
    """

    def __init__(
        self,
        dataset: SourceTargetDataset,
        batch_size: int,
        target_share: float = 0.5,
        num_batches: int | None = None,
        seed: int | None = None,
    ) -> None:
        if not isinstance(dataset, SourceTargetDataset):
            raise TypeError(
                f'SourceTargetSampler needs a SourceTargetDataset, got {type(dataset).__name__}'
            )
        self.targets = round(batch_size * target_share)
        self.sources = batch_size - self.targets
        if min(self.sources, self.targets) < 1:
            raise ValueError(
                f'a batch of {batch_size} with a target_share of {target_share} has '
                f'{self.sources} source and {self.targets} target samples; both are needed'
            )
        self.dataset = dataset
        self.batch_size = batch_size
        self.rank, self.world_size = get_dist_info()
        self.num_batches = num_batches or math.ceil(
            len(dataset.source) / (self.sources * self.world_size)
        )
        self.seed = sync_random_seed() if seed is None else seed
        self.epoch = 0

    def __len__(self) -> int:
        return self.num_batches * self.batch_size

    def set_epoch(self, epoch: int) -> None:
        """Called by MMEngine's ``DistSamplerSeedHook``."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[Draw]:
        offset = len(self.dataset.source)
        drawn = self.dataset.target.drawn()
        targets = self.targets if len(drawn) else 0
        parts = [self._draws(np.arange(offset), self.batch_size - targets, 0)]
        if targets:
            parts.append(self._draws(drawn + offset, targets, 1))
        for batch in zip(*parts, strict=True):
            for draws in batch:
                yield from draws

    def _draws(self, indices: np.ndarray, count: int, domain: int) -> list[list[Draw]]:
        """``count`` draws for each batch of this process."""
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
