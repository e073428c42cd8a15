"""Unlabelled target data: any data set of MMPose with pseudo-labels instead of its own.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from mmcv.transforms import Compose
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log
from mmpose.registry import DATASETS
from torch.utils.data import Dataset

from mmpose_addons_core.adaptation import PseudoLabels, tracks_of

from .crop_cache.cache import CropCache
from .crop_cache.size import NO_CACHE, announce
from .two_views import TwoViews

OPEN_FIELDS = (
    *('img', 'img_path', 'img_id', 'id', 'img_shape', 'ori_shape', 'category_id'),
    *('bbox', 'bbox_score', 'bbox_center', 'bbox_scale', 'crowd_index'),
    *('dataset_name', 'upper_body_ids', 'lower_body_ids', 'flip_pairs', 'flip_indices'),
    *('dataset_keypoint_weights', 'skeleton_links'),
)
"""Fields of a sample that a pipeline gets; none of them is a label."""

UNREADABLE = (OSError, AssertionError)  # errors of LoadImage


@DATASETS.register_module()
class PseudoLabelDataset(Dataset):
    """Hide the labels of a data set and serve pseudo-labels instead.

    The labels are in shared memory, so workers of a data loader, also persistent ones, use what
    the main process writes by :meth:`renew` from the next sample on. Before the first
    round no joint has a label.

    Videos are identified by the fields ``video_id`` and ``frame_id`` of a sample or of its
    annotation (``raw_ann_info``); with ``track_id`` one video has several tracks.

    Args:
        dataset: Config of a top-down data set of MMPose; its own pipeline is not used.
        pipeline: Steps of training, the strong augmentation among them.
        label_pipeline: Steps that prepare an image for labelling: those of validation.
        teacher_pipeline: Steps of the view that a mean teacher labels, with little or no
            augmentation; None without a teacher. The first step of ``pipeline`` loads the
            image for both.
        draw_all: Draw images also while no joint has a label: a domain discriminator learns
            from every box.
        crop_cache: Folder of the crops that are kept (docs/crop_cache.md); None: images are
            decoded each time.

    Raises:
        ValueError: If the data set is empty, or a pipeline does not fit the teacher.
    """

    def __init__(
        self,
        dataset: dict,
        pipeline: Sequence[dict | Callable],
        label_pipeline: Sequence[dict | Callable],
        teacher_pipeline: Sequence[dict | Callable] | None = None,
        draw_all: bool = False,
        crop_cache: str | None = None,
    ) -> None:
        self.inner = _built(dataset)
        self.metainfo = self.inner.metainfo
        self.pipeline = Compose(pipeline)
        self.label_pipeline = Compose(label_pipeline)
        self.teacher_pipeline = None if teacher_pipeline is None else Compose(teacher_pipeline)
        self.cache_size = NO_CACHE
        if crop_cache is not None:
            self._read_from(crop_cache)
        self._views = (
            None
            if self.teacher_pipeline is None
            else TwoViews(self.pipeline, self.teacher_pipeline)
        )
        self._draw_all = draw_all or self._views is not None
        shape = len(self.inner), self.num_keypoints
        self._keypoints = torch.zeros(*shape, 2).share_memory_()
        self._kept = torch.zeros(shape, dtype=torch.bool).share_memory_()
        self._found = torch.zeros(len(self.inner), dtype=torch.bool).share_memory_()

    def __len__(self) -> int:
        return len(self.inner)

    @property
    def num_keypoints(self) -> int:
        return self.metainfo['num_keypoints']

    def _read_from(self, folder: str) -> None:
        """Replace steps of the pipelines of training by those of a crop cache."""
        pipelines = [
            pipeline
            for pipeline in (self.pipeline, self.teacher_pipeline)
            if pipeline is not None
        ]
        cache = CropCache(folder, [steps.transforms for steps in pipelines], labels=False)
        self.cache_size = announce(cache, self.open_info, len(self))
        for pipeline, steps in zip(pipelines, cache.pipelines, strict=True):
            pipeline.transforms = steps

    def full_init(self) -> None:
        """Do nothing; MMEngine calls it."""

    def renew(self, keypoints: np.ndarray, kept: np.ndarray, found: np.ndarray) -> None:
        """Serve new labels, in all workers.

        Args:
            keypoints: (N, K, 2), image px.
            kept: (N, K), bool.
            found: (N,), bool, whether the image could be read.
        """
        self._keypoints.copy_(torch.from_numpy(keypoints))
        self._kept.copy_(torch.from_numpy(kept))
        self._found.copy_(torch.from_numpy(found))

    def drawn(self) -> np.ndarray:
        """Return the samples to train on, in ascending order.

        An image without a label takes part: BatchNorm learns what it looks like. Without a
        teacher or ``draw_all`` there is none while no joint is kept.
        """
        if self._draw_all:
            return np.arange(len(self))
        return np.flatnonzero(self._found.numpy() & self._kept.numpy().any())

    @property
    def has_labels(self) -> bool:
        """Return whether a round has kept any joint."""
        return bool(self._kept.any())

    def __getitem__(self, index: int) -> Any:
        """Return a training sample, or None if the pipeline returns None.

        Raises:
            OSError, AssertionError: If the image cannot be read.
        """
        sample = self.open_info(index)
        sample['keypoints'] = self._keypoints[index].numpy()[None].copy()
        sample['keypoints_visible'] = self._kept[index].numpy()[None].astype(np.float32)
        return self.pipeline(sample) if self._views is None else self._views(sample)

    def label_sample(self, index: int) -> Any:
        """Return a sample for labelling, or None if its image cannot be read."""
        try:
            return self.label_pipeline(self.open_info(index))
        except UNREADABLE as error:
            print_log(
                f'Pseudo-labels: no label for sample {index}: {error}',
                logger='current',
                level=logging.WARNING,
            )
            return None

    def open_info(self, index: int) -> dict[str, Any]:
        """Return the fields of a sample that carry no label."""
        info = self.inner.get_data_info(index)
        return {name: info[name] for name in OPEN_FIELDS if name in info}

    def tracks(self) -> list[list[int]]:
        """Return the samples of each track in the order of time.

        Raises:
            ValueError: If a video's frames have no number, or one number twice.
        """
        videos, frames = [], []
        for index in range(len(self)):
            info = self.inner.get_data_info(index)
            info = {**(info.get('raw_ann_info') or {}), **info}
            video, frame = info.get('video_id'), info.get('frame_id')
            videos.append(None if video is None else (video, info.get('track_id')))
            frames.append(frame)
        return tracks_of(videos, frames)

    def identity(self) -> dict[str, np.ndarray]:
        """Return the fields of ``PseudoLabels`` that identify the samples."""
        infos = [self.open_info(index) for index in range(len(self))]
        boxes = np.array([info['bbox'][0] for info in infos], np.float64)
        boxes[:, 2:] -= boxes[:, :2]
        links = self.metainfo.get('skeleton_links') or []
        names = [self.metainfo['keypoint_id2name'][k] for k in range(self.num_keypoints)]
        return dict(
            sample_id=_whole_numbers([info.get('id') for info in infos]),
            image_id=_whole_numbers([info.get('img_id') for info in infos]),
            file_name=np.array([str(info.get('img_path')) for info in infos]),
            bbox=boxes,
            names=np.array(names),
            flip_indices=np.array(self.metainfo['flip_indices'], np.int64),
            skeleton=np.array(links, np.int64).reshape(-1, 2),
        )

    def hidden(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the data set's own labels, for diagnosis and never for training.

        Returns:
            Keypoints (N, K, 2) and whether they are labelled (N, K), or None without any.
        """
        infos = [self.inner.get_data_info(index) for index in range(len(self))]
        if any(info.get('keypoints') is None for info in infos):
            return None
        keypoints = np.stack([info['keypoints'][0][:, :2] for info in infos])
        visible = np.stack(
            [
                np.reshape(info['keypoints_visible'][0], (self.num_keypoints, -1))
                for info in infos
            ]
        )[..., 0]
        labelled = (visible > 0) & keypoints.any(-1)
        return (keypoints, labelled) if labelled.any() else None


def _built(dataset: dict) -> BaseDataset:
    try:
        inner = DATASETS.build(dict(dataset, pipeline=[]))
        inner.full_init()
        count = len(inner)
    except ValueError as error:
        if 'need at least one array' not in str(error):  # an empty data set in MMEngine
            raise
        count = 0
    if count == 0:
        name = dataset.get('ann_file') or dataset['type']
        raise ValueError(f'the target set {name!r} has no usable sample')
    return inner


def _whole_numbers(ids: Sequence[Any]) -> np.ndarray:
    """Return ids as int64, or positions if an id is not a whole number."""
    whole = all(isinstance(number, (int, np.integer)) for number in ids)
    return np.array(ids if whole else range(len(ids)), np.int64)


def pseudo_labels(dataset: PseudoLabelDataset, **found: np.ndarray) -> PseudoLabels:
    """Return the labels of a round with the identities of the samples."""
    return PseudoLabels(**dataset.identity(), **found)
