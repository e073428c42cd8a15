"""COCO keypoint data sets whose files are checked before the first step."""

import logging
from collections.abc import Collection
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from mmengine.dist import is_main_process
from mmengine.fileio import get_local_path
from mmengine.logging import print_log
from mmpose.datasets.datasets.body import CocoDataset
from mmpose.registry import DATASETS

from mmpose_addons_core.datasets.coco_check import CocoReport, check_coco_keypoints

if TYPE_CHECKING:
    from mmpose.datasets.datasets.base import BaseCocoStyleDataset as _Base
else:
    _Base = object


class AnnotationCheck(_Base):
    """Mixin that stands before a ``BaseCocoStyleDataset`` and checks what that is to load.

    Errors stop every process with a ``DatasetError``. What MMPose leaves out anyway (see
    ``SKIPPED``) is left out with one counted line in the log; in training also people whose
    ``num_keypoints`` is positive though none is visible. Test mode leaves out nothing more
    than MMPose does, and expects of the annotations what CocoMetric needs.

    The data set must load boxes from ``bbox`` and all its keypoints from ``keypoints``, as
    ``CocoDataset`` does and the whole-body data sets do not.

    Args:
        check_images: None, 'exist', 'header' or 'decode', see ``check_image_files``. Images
            that are not local files under ``data_prefix['img']`` need None.
        check_tolerate: kinds of problems that shall not stop, out of ``TOLERABLE``.

    Raises:
        DatasetError: the annotation file, the file of detected boxes or an image is broken.
    """

    def __init__(
        self,
        *args: Any,
        check_images: str | None = 'header',
        check_tolerate: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.check_images = check_images
        self.check_tolerate = check_tolerate
        self._left_out: Collection[int | str] = ()
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> list[dict]:
        report = self._check()
        report.raise_for_errors(more=self._tool_arguments())
        text = report.skip_text('skipped' if self.data_mode == 'topdown' else 'masked')
        if text and is_main_process():
            print_log(text, logger='current', level=logging.WARNING)
        self._left_out = report.skipped.keys()
        data_list = super().load_data_list()
        self._left_out = ()
        return data_list

    def parse_data_info(self, raw_data_info: dict) -> dict | None:
        ann = raw_data_info['raw_ann_info']
        if self.data_mode == 'topdown':
            left_out = ann['id'] in self._left_out
        else:  # MMPose masks the others, and can not stack people without keypoints
            left_out = ann.get('keypoints') == []
        return None if left_out else super().parse_data_info(raw_data_info)

    def _load_detection_results(self) -> list[dict]:
        def has_size(detection: dict) -> bool:
            left_top, right_bottom = detection['bbox'].reshape(2, 2)
            return bool((right_bottom > left_top).all())

        return [*filter(has_size, super()._load_detection_results())]

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
                evaluation=self.test_mode,
                bbox_file=bbox_file,
                unlabelled=self.test_mode and self.data_mode == 'bottomup',
                used_images_only=self.data_mode == 'topdown',
                tolerate=self.check_tolerate,
                progress=is_main_process(),
            )

    def _tool_arguments(self) -> list[str]:
        """What makes tools/check_dataset.py find the same."""
        arguments = ['--max-per-kind', '0']
        if self.check_images:
            arguments += ['--images', self.data_prefix['img'] or '.']
        if self.bbox_file:
            arguments += ['--boxes', self.bbox_file]
        if 'num_keypoints' in self._metainfo:
            arguments += ['--num-keypoints', str(self._metainfo['num_keypoints'])]
        return arguments + ['--evaluation'] * self.test_mode


@DATASETS.register_module()
class CheckedCocoDataset(AnnotationCheck, CocoDataset):
    """MMPose's ``CocoDataset`` that checks its files before the first step.

    Takes the arguments of ``CocoDataset`` and of ``AnnotationCheck``.
    """
