"""A data set of faces whose rare head poses appear more often."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset, force_full_init
from mmengine.logging import print_log
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from mmpose_addons_core.faces import balanced_repeats, check_balance, pose_coefficients
from mmpose_addons_core.message_texts import listed

from .wrapped_dataset import wrapped_dataset


@DATASETS.register_module()
class PoseBalancedDataset(Dataset):
    """Repeat the faces of rare poses: pose-based data balancing of the Wing loss paper.

    See :mod:`mmpose_addons_core.faces.pose_balance`. The wrapped data set's pipeline must
    augment at random, so that a repeated face is not the same twice. ::

        train_dataloader = dict(dataset=dict(
            type='PoseBalancedDataset', limit=10, dataset=dict(type='WFLWDataset', ...)))

    The pose of a face is known if all its landmarks are labelled (visibility above 0). The
    others appear once each, and the log names them.

    Args:
        dataset: The data set of training faces, one face a sample.
        bins: Number of bins of poses.
        limit: A face appears at most so often in an epoch; None: no limit.
        lazy_init: Load the wrapped data set at the first use.

    Raises:
        ValueError: If `bins` or `limit` is no whole number of at least 1, the data set is none,
            empty, or a ``CombinedDataset`` that draws samples at random, no pose is known, or a
            sample has several faces, another number of landmarks than the others, a labelled
            landmark that is not finite, or all at one point.
    """

    def __init__(
        self,
        dataset: Mapping | BaseDataset,
        bins: int = 9,
        limit: int | None = None,
        lazy_init: bool = False,
    ) -> None:
        check_balance(bins, limit)
        self.dataset = wrapped_dataset(dataset, 'PoseBalancedDataset')
        if getattr(self.dataset, 'resample', False):
            raise ValueError(
                'PoseBalancedDataset needs samples that are the same each time, got a '
                f'{type(self.dataset).__name__} with sample_ratio_factor'
            )
        self.bins, self.limit = bins, limit
        self._fully_initialized = False
        if not lazy_init:
            self.full_init()

    @property
    def metainfo(self) -> dict:
        """That of the wrapped data set."""
        return self.dataset.metainfo

    def full_init(self) -> None:
        """Load the wrapped data set and count how often each face appears."""
        if self._fully_initialized:
            return
        self.dataset.full_init()
        if not len(self.dataset):
            raise ValueError('PoseBalancedDataset needs a data set of faces, got an empty one')
        infos = [self.dataset.get_data_info(index) for index in range(len(self.dataset))]
        names = [
            f'sample {index}: {info.get("img_path")} (annotation {info.get("id")})'
            for index, info in enumerate(infos)
        ]
        count = self.metainfo.get('num_keypoints', np.shape(infos[0]['keypoints'])[1])
        shapes, known = zip(
            *(_face(info, count, name) for info, name in zip(infos, names, strict=True)),
            strict=True,
        )
        posed = np.array(known)
        unknown = [names[index] for index in np.flatnonzero(~posed)]
        if not posed.any():
            raise ValueError(
                'PoseBalancedDataset needs faces with all landmarks labelled (visibility above '
                f'0), got none: {listed(unknown)}'
            )
        repeats = np.ones(len(infos), dtype=int)
        coefficients = pose_coefficients(np.stack(shapes)[posed])
        repeats[posed] = balanced_repeats(coefficients, self.bins, self.limit)
        self.indices = np.repeat(np.arange(len(repeats)), repeats)
        self._fully_initialized = True
        print_log(
            f'PoseBalancedDataset: {len(repeats)} faces appear {len(self.indices)} times, one '
            f'up to {repeats.max()} times',
            logger='current',
        )
        if unknown:
            print_log(
                f'PoseBalancedDataset: {len(unknown)} faces have landmarks without a label, so '
                f'their pose is unknown and they appear once: {listed(unknown)}',
                logger='current',
                level=logging.WARNING,
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


def _face(info: Mapping, count: int, name: str) -> tuple[np.ndarray, bool]:
    """Return the landmarks (K, 2) of a sample, and whether all have a label.

    Raises:
        ValueError: It is no single face of K landmarks, a labelled one is not finite, or all
            are labelled and at one point.
    """
    points = np.asarray(info['keypoints'])
    if len(points) != 1:
        raise ValueError(
            f'PoseBalancedDataset needs one face a sample, got {len(points)} in {name}'
        )
    if points.shape[1] != count:
        raise ValueError(f'{name}: expected {count} landmarks, got {points.shape[1]}')
    shape = points[0, :, :2]
    labelled = np.asarray(info['keypoints_visible']).reshape(count, -1)[:, 0] > 0
    finite = np.isfinite(shape).all(-1)
    if (labelled & ~finite).any():
        number = int(np.flatnonzero(labelled & ~finite)[0])
        raise ValueError(
            f'{name}: labelled landmarks must be finite, got {shape[number].tolist()} in '
            f'landmark {number}'
        )
    known = bool(labelled.all())
    if known and (shape == shape[0]).all():
        raise ValueError(
            f'{name}: a face needs an extent, got all landmarks at {shape[0].tolist()}'
        )
    return shape, known
