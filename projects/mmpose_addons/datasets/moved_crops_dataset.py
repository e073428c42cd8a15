"""A data set that gives several slightly moved crops of each face, to measure jitter."""

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from mmpose_addons_core.setting_checks import check_counts, check_numbers

from .wrapped_dataset import wrapped_dataset


@DATASETS.register_module()
class MovedCropsDataset(Dataset):
    """Each sample of a top-down test set several times: as it is, then with moved boxes.

    ``FaceLandmarkMetric(jitter=True)`` measures how much landmarks move between the crops. ::

        test_dataloader = dict(dataset=dict(
            type='MovedCropsDataset', crops=8, dataset=dict(type='WFLWDataset', ...)))
        test_evaluator = dict(type='FaceLandmarkMetric', jitter=True)

    Sample ``index * crops`` is sample ``index`` of the wrapped data set, and the next ones are
    its moved crops. Amounts follow a normal distribution that is cut at one standard deviation,
    as in MMPose's ``RandomBBoxTransform``; they depend on nothing but seed, sample and crop.
    Boxes are not rotated, because MMPose does not rotate predictions back. The number of the
    crop, 0 for the one that is not moved, is ``crop`` in the meta information of a packed
    sample, so that ``FaceLandmarkMetric`` does not depend on the sampler's order.

    Args:
        dataset: The data set, one instance a sample, with a pipeline that crops by the box.
        crops: Crops of each sample, at least 2.
        shift: Largest shift, as a share of the box's width and height.
        scale: Largest change of the size, as a share.
        seed: Of the amounts.

    Raises:
        ValueError: If `crops` is no whole number of at least 2, `seed` none of at least 0, a
            share is not in [0, 1), or the data set is none or has no pipeline of its own, as
            ``ConcatDataset`` and ``PoseBalancedDataset``.
    """

    def __init__(
        self,
        dataset: Mapping | BaseDataset,
        crops: int = 8,
        shift: float = 0.04,
        scale: float = 0.05,
        seed: int = 0,
    ) -> None:
        check_counts(2, crops=crops)
        check_counts(0, seed=seed)
        check_numbers(shift=shift, scale=scale)
        if not (0 <= shift < 1 and 0 <= scale < 1):
            raise ValueError(f'shift and scale must be in [0, 1), got {shift} and {scale}')
        self.dataset = wrapped_dataset(dataset, 'MovedCropsDataset', 'pipeline')
        self.crops, self.shift, self.scale, self.seed = crops, shift, scale, seed

    @property
    def metainfo(self) -> dict:
        """That of the wrapped data set."""
        return self.dataset.metainfo

    def full_init(self) -> None:
        """Load the wrapped data set."""
        self.dataset.full_init()

    def get_data_info(self, idx: int) -> dict:
        """Return the sample before the pipeline, with its box moved."""
        index, crop = divmod(range(len(self))[idx], self.crops)
        info = dict(self.dataset.get_data_info(index))
        if crop == 0:
            return info
        shift, scale = self._amounts(index, crop)
        box = np.asarray(info['bbox'], dtype=np.float32)
        centre, size = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
        moved, resized = centre + shift * size, size * scale
        info['bbox'] = np.concatenate((moved - resized / 2, moved + resized / 2), axis=1)
        if 'bbox_center' in info:
            info['bbox_center'] = info['bbox_center'] + shift * info['bbox_scale']
            info['bbox_scale'] = info['bbox_scale'] * scale
        return info

    def _amounts(self, index: int, crop: int) -> tuple[np.ndarray, np.float32]:
        """Shift (2,) as a share of the size, and factor of the size."""
        normal = NormalDist()
        share = np.random.default_rng((self.seed, index, crop)).random(3)
        low = normal.cdf(-1)
        cut = [normal.inv_cdf(low + (1 - 2 * low) * float(value)) for value in share]
        shift = np.array(cut[:2], dtype=np.float32) * np.float32(self.shift)
        return shift, np.float32(1 + cut[2] * self.scale)

    def __getitem__(self, idx: int) -> Any:
        packed = self.dataset.pipeline(self.get_data_info(idx))
        if isinstance(packed, Mapping) and 'data_samples' in packed:
            crop = range(len(self))[idx] % self.crops
            packed['data_samples'].set_metainfo(dict(crop=crop))
        return packed

    def __len__(self) -> int:
        return len(self.dataset) * self.crops
