"""A data set whose images are decoded once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.dataset import BaseDataset
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from ..wrapped_dataset import wrapped_dataset
from .cache import CropCache
from .size import NO_CACHE, announce


@DATASETS.register_module()
class CropCacheDataset(Dataset):
    """Read what crops need of each image from a cache on the disk.

    A sample's first use cuts out everything that the random steps of its pipeline can reach,
    scaled to the network's input, and writes it. Later uses read that, take the same random
    numbers and give the same sample, but for interpolation. All coordinates stay those of the
    original image. ::

        train_dataloader = dict(dataset=dict(
            type='CropCacheDataset', folder='data/crops',
            dataset=dict(type='CheckedCocoDataset', ...)))

    The pipeline must begin with ``LoadImage``. Before its ``TopdownAffine`` only
    ``GetBBoxCenterScale``, ``RandomFlip``, ``RandomHalfBody``, ``RandomBBoxTransform``,
    ``KeypointConverter`` and ``RandomApply`` of these are known. The image's path, size and
    time, the box and the settings name a file; if one of these changes, another file is
    written. The folder can be deleted at any time.

    Args:
        dataset: A top-down data set.
        folder: Of the cache. None: images are decoded each time.
        oversampling: Px that are kept for each input px at the largest zoom-in. More are
            sharper and take more room; images are never enlarged. Infinite: all px as they
            are, and crops without any difference.

    Raises:
        CropCacheError: If crops of the pipeline cannot be cached, or the disk is too small.
        ValueError: The data set is none, or has no pipeline.
    """

    def __init__(
        self,
        dataset: Mapping | BaseDataset,
        folder: str | Path | None,
        oversampling: float = 2.0,
    ) -> None:
        self.dataset = wrapped_dataset(dataset, 'CropCacheDataset', 'pipeline')
        self.dataset.full_init()
        self.cache_size = NO_CACHE
        if folder is not None:
            pipeline = self.dataset.pipeline
            cache = CropCache(folder, [pipeline.transforms], oversampling)
            pipeline.transforms = cache.pipelines[0]
            self.cache_size = announce(cache, self.dataset.get_data_info, len(self.dataset))

    @property
    def metainfo(self) -> dict:
        """That of the data set."""
        return self.dataset.metainfo

    @property
    def pipeline(self) -> Any:
        """That of the data set, with the steps that read from the cache."""
        return self.dataset.pipeline

    def full_init(self) -> None:
        """Do nothing; MMEngine calls it."""

    def get_data_info(self, idx: int) -> dict:
        """Return the data set's information on a sample."""
        return self.dataset.get_data_info(idx)

    def __getitem__(self, idx: int) -> Any:
        return self.dataset[idx]

    def __len__(self) -> int:
        return len(self.dataset)
