"""Labelled source and pseudo-labelled target in one data set."""

from typing import Any, NamedTuple

import numpy as np
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from mmpose_addons_core.adaptation import seeded_rng

from .pseudo_label_dataset import UNREADABLE, PseudoLabelDataset

SOURCE, TARGET = 'source', 'target'
RETRIES = 20


class Draw(NamedTuple):
    """A sample, and the seeds of its augmentation."""

    index: int  # type: ignore[assignment]  # hides tuple.index
    seed: int


@DATASETS.register_module()
class SourceTargetDataset(Dataset):
    """Source samples first, then target samples; each knows its ``domain``.

    ``SourceTargetSampler`` gives each sample its own seed. So what a sample looks like does
    not depend on the worker, the process or an interruption before it.

    Args:
        source: Config of a labelled data set of MMPose, with its pipeline.
        target: Config of a ``PseudoLabelDataset``.

    Raises:
        TypeError: If ``target`` is another data set.
        ValueError: If the two have other keypoints.
    """

    def __init__(self, source: dict, target: dict) -> None:
        self.source = DATASETS.build(source)
        self.target = DATASETS.build(target)
        if not isinstance(self.target, PseudoLabelDataset):
            raise TypeError(
                f'target must be a PseudoLabelDataset, not {type(self.target).__name__}'
            )
        self.full_init()
        ours, theirs = (
            list(data.metainfo['keypoint_id2name'].values())
            for data in (self.source, self.target)
        )
        if ours != theirs:
            raise ValueError(
                f'source and target need the same keypoints: {len(ours)} of the source are '
                f'{ours}, {len(theirs)} of the target are {theirs}'
            )

    def full_init(self) -> None:
        """Load the source, too."""
        self.source.full_init()

    @property
    def metainfo(self) -> dict:
        return self.source.metainfo

    def __len__(self) -> int:
        return len(self.source) + len(self.target)

    def __getitem__(self, draw: Draw | int) -> Any:
        """A packed sample.

        Raises:
            OSError: If a source image, or every target image that was tried, is unreadable.
        """
        index, seed = draw if isinstance(draw, tuple) else (draw, draw)
        with seeded_rng(seed):
            if index < len(self.source):
                return self._tagged(self.source[index], SOURCE)
            return self._tagged(self._target(index - len(self.source), seed), TARGET)

    def _target(self, index: int, seed: int) -> Any:
        """A target sample, or another one whose image is there."""
        rng = np.random.default_rng(seed)
        error: Exception | None = None
        for _ in range(RETRIES):
            try:
                sample = self.target[index]
                if sample is not None:
                    return sample
            except UNREADABLE as unreadable:
                error = unreadable
            others = self.target.drawn()
            index = int(rng.choice(others)) if len(others) else index
        raise OSError(f'{RETRIES} target images in a row gave no sample; the last: {error}')

    @staticmethod
    def _tagged(sample: dict, domain: str) -> dict:
        sample['data_samples'].set_metainfo(dict(domain=domain))
        return sample
