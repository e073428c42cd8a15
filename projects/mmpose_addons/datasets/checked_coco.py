"""COCO keypoint data sets whose files are checked before the first step."""

import json
import logging
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from mmengine.dist import is_main_process
from mmengine.fileio import get_local_path
from mmengine.logging import print_log
from mmpose.datasets.datasets.body import CocoDataset
from mmpose.registry import DATASETS

from mmpose_addons_core.datasets.coco_check import CocoReport, check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import plain_json

if TYPE_CHECKING:
    from mmpose.datasets.datasets.base import BaseCocoStyleDataset as _Base
else:
    _Base = object


class AnnotationCheck(_Base):
    """Mixin before a ``BaseCocoStyleDataset`` that checks its files.

    Errors stop every process with a ``DatasetError``. What MMPose leaves out anyway (see
    ``SKIPPED``) is left out with one counted line in the log; in training also people whose
    ``num_keypoints`` is positive though none is visible. Test mode leaves out nothing more
    than MMPose does, and expects of the annotations what CocoMetric needs.

    Annotations of categories without keypoints are left out and counted, too. Detected boxes
    are those of the categories with keypoints, whatever their ids are; MMPose itself reads
    category 1. Each sample has the id of its category, and ``metainfo['CLASSES']`` the
    categories that are used.

    The data set must load boxes from ``bbox`` and all its keypoints from ``keypoints``, as
    ``CocoDataset`` does and the whole-body data sets do not.

    Args:
        category: id or name of the only category to use; by default all that have as many
            keypoints as the data set.
        check_images: None, 'exist', 'header' or 'decode', see ``check_image_files``. Images
            that are not local files under ``data_prefix['img']`` need None.
        check_tolerate: kinds of problems that do not stop the run, out of ``TOLERABLE``.

    Raises:
        DatasetError: the annotation file, the file of detected boxes or an image is broken.
    """

    ann_file: str
    bbox_file: str | None
    boxes_only = False
    """Whether the annotations need no keypoints."""

    def __init__(
        self,
        *args: Any,
        category: int | str | None = None,
        check_images: str | None = 'header',
        check_tolerate: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.category = category
        self.check_images = check_images
        self.check_tolerate = check_tolerate
        self._report = CocoReport('')
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> list[dict]:
        self._report = report = self._check()
        report.raise_for_errors(more=self._tool_arguments(), tolerance=True)
        text = report.skip_text('skipped' if self.data_mode == 'topdown' else 'masked')
        if text and is_main_process():
            print_log(text, logger='current', level=logging.WARNING)
        data_list = super().load_data_list()
        self._metainfo['CLASSES'] = [
            category
            for category in self._metainfo.get('CLASSES', [])
            if category['id'] in report.categories
        ]
        self._report = CocoReport('')  # it may be large
        return data_list

    def parse_data_info(self, raw_data_info: dict) -> dict | None:
        ann = raw_data_info['raw_ann_info']
        kind = self._report.skipped.get(ann['id'])
        if self.data_mode == 'topdown':
            left_out = kind is not None
        else:  # MMPose masks the others, and can not stack people without keypoints
            left_out = ann.get('keypoints') == [] or kind == 'other_category'
        return None if left_out else super().parse_data_info(raw_data_info)

    def _load_annotations(self) -> tuple[list[dict], list[dict]]:
        with self._plain_ann_file():
            return super()._load_annotations()

    def _load_detection_results(self) -> list[dict]:
        """Return the samples of the usable detections, with the annotations' category."""
        detections = self._report.detections
        bbox_file: str | None = self.bbox_file
        with tempfile.TemporaryDirectory() as folder:
            # MMPose reads boxes from a file, and only those of category 1
            self.bbox_file = str(Path(folder, 'boxes.json'))
            as_people = [dict(detection, category_id=1) for detection in detections]
            Path(self.bbox_file).write_text(json.dumps(as_people))
            try:
                with self._plain_ann_file():
                    samples = super()._load_detection_results()
            finally:
                self.bbox_file = bbox_file
        for sample, detection in zip(samples, detections, strict=True):
            key = detection['category_id']
            chosen = self._report.categories
            sample['category_id'] = np.array(key if key in chosen else chosen[0])
        return samples

    @contextmanager
    def _plain_ann_file(self) -> Iterator[None]:
        """Let MMPose read a copy of annotations that it cannot read."""
        ann_file = self.ann_file
        with get_local_path(ann_file) as local, plain_json(local) as plain:
            self.ann_file = ann_file if plain == local else plain
            try:
                yield
            finally:
                self.ann_file = ann_file

    def _check(self) -> CocoReport:
        with ExitStack() as local:
            ann_file = local.enter_context(get_local_path(self.ann_file))
            bbox_file = None
            if self.bbox_file:
                bbox_file = local.enter_context(get_local_path(self.bbox_file))
            return check_coco_keypoints(
                ann_file,
                self.data_prefix['img'],
                self.check_images,
                num_keypoints=self._metainfo.get('num_keypoints'),
                category=self.category,
                evaluation=self.test_mode and not self.boxes_only,
                bbox_file=bbox_file,
                unlabelled=bool(bbox_file) or (self.test_mode and self.data_mode == 'bottomup'),
                boxes_only=self.boxes_only,
                used_images_only=self.data_mode == 'topdown',
                tolerate=self.check_tolerate,
                progress=is_main_process(),
            )

    def _tool_arguments(self) -> list[str]:
        """Return the arguments with which ``check-data`` finds the same."""
        arguments = ['--max-per-kind', '0']
        if self.check_images:
            arguments += ['--images', self.data_prefix['img'] or '.']
        if self.bbox_file:
            arguments += ['--boxes', self.bbox_file]
        if self.category is not None:
            arguments += ['--category', str(self.category)]
        if self.boxes_only:
            return [*arguments, '--unlabelled']
        if 'num_keypoints' in self._metainfo:
            arguments += ['--num-keypoints', str(self._metainfo['num_keypoints'])]
        return arguments + ['--evaluation'] * self.test_mode


@DATASETS.register_module()
class CheckedCocoDataset(AnnotationCheck, CocoDataset):
    """MMPose's ``CocoDataset`` that checks its files before the first step.

    Takes the arguments of ``CocoDataset`` and of ``AnnotationCheck``.
    """
