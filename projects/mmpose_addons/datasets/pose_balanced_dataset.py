"""A data set of faces whose rare head poses appear more often."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset, force_full_init
from mmengine.logging import print_log
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from mmpose_addons_core.faces import balanced_repeats, pose_coefficients


@DATASETS.register_module()
class PoseBalancedDataset(Dataset):
    """Repeat the faces of rare poses: pose-based data balancing of the Wing loss paper.

    See :mod:`mmpose_addons_core.faces.pose_balance`. The wrapped data set's pipeline must
    augment at random, so that a repeated face is not the same twice. ::

        train_dataloader = dict(dataset=dict(
            type='PoseBalancedDataset', limit=10, dataset=dict(type='WFLWDataset', ...)))

    Args:
        dataset: The data set of training faces, one face a sample, all landmarks labelled.
        bins: Number of bins of poses.
        limit: A face appears at most so often in an epoch; None: no limit.
        lazy_init: Load the wrapped data set at the first use.

    Raises:
        ValueError: If a sample has another number of faces than one, or as
            :func:`~mmpose_addons_core.faces.balanced_repeats`.
    """

    def __init__(
        self,
        dataset: Mapping | BaseDataset,
        bins: int = 9,
        limit: int | None = None,
        lazy_init: bool = False,
    ) -> None:
        self.dataset: BaseDataset = (
            DATASETS.build(dataset) if isinstance(dataset, Mapping) else dataset
        )
        self.bins, self.limit = bins, limit
        self._metainfo = self.dataset.metainfo
        self._fully_initialized = False
        if not lazy_init:
            self.full_init()

    @property
    def metainfo(self) -> dict:
        """That of the wrapped data set."""
        return dict(self._metainfo)

    def full_init(self) -> None:
        """Load the wrapped data set and count how often each face appears."""
        if self._fully_initialized:
            return
        self.dataset.full_init()
        shapes = [
            np.asarray(self.dataset.get_data_info(index)['keypoints'])
            for index in range(len(self.dataset))
        ]
        for index, shape in enumerate(shapes):
            if len(shape) != 1:
                raise ValueError(
                    f'PoseBalancedDataset needs one face a sample, got {len(shape)} in sample '
                    f'{index}'
                )
        coefficients = pose_coefficients(np.concatenate(shapes)[..., :2])
        repeats = balanced_repeats(coefficients, self.bins, self.limit)
        self.indices = np.repeat(np.arange(len(repeats)), repeats)
        self._fully_initialized = True
        print_log(
            f'PoseBalancedDataset: {len(repeats)} faces appear {len(self.indices)} times, one '
            f'up to {repeats.max()} times',
            logger='current',
        )

    @force_full_init
    def get_data_info(self, idx: int) -> dict:
        """Return the wrapped data set's information on a sample."""
        return self.dataset.get_data_info(int(self.indices[idx]))

    def __getitem__(self, idx: int) -> Any:
        if not self._fully_initialized:
            self.full_init()
        return self.dataset[int(self.indices[idx])]

    @force_full_init
    def __len__(self) -> int:
        return len(self.indices)
