"""Epochs of a given length, whatever the size of the data set."""

from collections.abc import Iterator, Sized

import numpy as np
from mmengine.dist import get_dist_info, sync_random_seed
from mmpose.registry import DATA_SAMPLERS
from torch.utils.data import Sampler


@DATA_SAMPLERS.register_module()
class FixedLengthSampler(Sampler):
    """Draw a fixed number of samples in each epoch.

    Epochs go on through random orders of the data set, so that each sample is drawn equally
    often. The draws depend only on the seed and the epoch.

    Args:
        dataset: The data loader's data set.
        length: Samples in an epoch, of all processes together.
        seed: If None, one drawn by MMEngine.

    Raises:
        ValueError: If the length is not positive, or the data set is empty.

    Example:
        >>> sampler = FixedLengthSampler('abc', 4, seed=0)
        >>> drawn = list(sampler)
        >>> sampler.set_epoch(1)
        >>> sorted((drawn + list(sampler))[:6])
        [0, 0, 1, 1, 2, 2]
    """

    def __init__(self, dataset: Sized, length: int, seed: int | None = None) -> None:
        if length < 1 or not len(dataset):
            raise ValueError(
                f'expected a length >= 1 and samples, got {length} and {len(dataset)} samples'
            )
        self.size, self.length = len(dataset), length
        self.seed = sync_random_seed() if seed is None else seed
        self.rank, self.world_size = get_dist_info()
        self.epoch = 0

    def __len__(self) -> int:
        return -(-(self.length - self.rank) // self.world_size)

    def __iter__(self) -> Iterator[int]:
        start = self.epoch * self.length
        first, last = start // self.size, (start + self.length - 1) // self.size
        orders = [
            np.random.default_rng([self.seed, number]).permutation(self.size)
            for number in range(first, last + 1)
        ]
        drawn = np.concatenate(orders)[start - first * self.size :][: self.length]
        yield from drawn[self.rank :: self.world_size].tolist()

    def set_epoch(self, epoch: int) -> None:
        """Take the epoch; MMEngine's ``DistSamplerSeedHook`` calls it."""
        self.epoch = epoch
