"""CocoMetric that checks its ground truth before the first step."""

import logging
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from typing import Any

from mmengine.fileio import get_local_path
from mmengine.logging import MessageHub, print_log
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import METRICS
from xtcocotools.coco import COCO

from mmpose_addons_core.datasets.coco_categories import CategoryError, choose_categories
from mmpose_addons_core.datasets.coco_check import DatasetError, check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import plain_json

BOX_FILL = 0.53
"""Part of the box that stands in for a missing area, as in MMPose's training."""


@METRICS.register_module()
class CheckedCocoMetric(CocoMetric):
    """MMPose's ``CocoMetric`` that evaluates the categories with keypoints, whatever their id.

    Without ``ann_file`` the ground truth is that of the data set, which ``CheckedCocoDataset``
    checks. Evaluated are the categories that the data set uses (see
    ``CheckedCocoDataset.category``); predictions without a category get that one.
    Annotations that lack keypoints or box are left out, a missing area is 0.53 of the box; both
    stop before the first step unless ``check_tolerate`` names them.

    Args:
        category: id or name of the only category to evaluate.
        check_tolerate: kinds of problems that shall not stop, out of ``TOLERABLE``.

    Raises:
        DatasetError: CocoMetric would fail on the annotations, or count wrongly.
    """

    coco: Any  # COCO, None before the data set is known

    def __init__(
        self,
        ann_file: str | None = None,
        use_area: bool = True,
        format_only: bool = False,
        category: int | str | None = None,
        check_tolerate: Collection[str] = (),
        **kwargs,
    ) -> None:
        self.category = category
        self._categories: list[int | str] = []
        if ann_file is not None and not format_only:
            tolerate = {*check_tolerate} | ({'area'} if not use_area else set())
            with get_local_path(ann_file) as local_path:
                report = check_coco_keypoints(
                    local_path, category=category, evaluation=True, tolerate=tolerate
                )
            if category is None:  # the data set's number of keypoints may decide
                kept = [problem for problem in report.problems if problem.kind != 'category']
                report.problems[:] = kept
            more = [] if category is None else ['--category', str(category)]
            arguments = ['--max-per-kind', '0', *more, '--evaluation']
            report.raise_for_errors(more=arguments, tolerance=True)
        with ExitStack() as local:
            plain = ann_file and _plain_file(ann_file, local)
            super().__init__(
                ann_file=plain, use_area=use_area, format_only=format_only, **kwargs
            )
        self.ann_file = ann_file

    @property
    def dataset_meta(self) -> dict | None:
        """Meta information of the data set; setting it prepares the ground truth."""
        return self._dataset_meta

    @dataset_meta.setter
    def dataset_meta(self, dataset_meta: dict) -> None:
        if self.coco is None:
            of_data_set = f'{dataset_meta["dataset_name"]}_ann_file'
            file = MessageHub.get_current_instance().get_info(of_data_set, None)
            if file is not None:
                with ExitStack() as local:
                    self.coco = COCO(_plain_file(file, local))
        CocoMetric.dataset_meta.fset(self, dataset_meta)  # type: ignore[attr-defined]
        if self.coco is not None and not self.format_only and not self._categories:
            self._categories = self._chosen(dataset_meta)
            self._prepare_truth()

    def process(self, data_batch: Sequence[dict], data_samples: Sequence[dict]) -> None:
        """See ``CocoMetric``; each prediction gets a category that is evaluated."""
        before = len(self.results)
        super().process(data_batch, data_samples)
        for pred, _ in self.results[before:]:
            key = pred['category_id']
            key = key.tolist() if hasattr(key, 'tolist') else key
            if self._categories and (isinstance(key, list) or key not in self._categories):
                pred['category_id'] = self._categories[0]

    def _chosen(self, dataset_meta: dict) -> list[int | str]:
        """Return the ids of the categories to evaluate."""
        used = [category['id'] for category in dataset_meta.get('CLASSES') or []]
        if self.category is None and used and all(key in self.coco.cats for key in used):
            return used
        try:
            return choose_categories(
                self.coco.dataset, dataset_meta.get('num_keypoints'), self.category
            )
        except CategoryError as error:
            raise DatasetError(f'{self._truth_file()}: {error}') from None

    def _prepare_truth(self) -> None:
        """Leave what is to be evaluated in ``self.coco``."""
        data = self.coco.dataset
        kept: list[dict[str, Any]] = []
        for ann in data.get('annotations', []):
            if ann['category_id'] in self._categories and {'bbox', 'keypoints'} <= ann.keys():
                area = BOX_FILL * ann['bbox'][2] * ann['bbox'][3]
                kept.append({'area': area, **ann})
        if not any(flag > 0 for ann in kept for flag in ann['keypoints'][2::3]):
            raise DatasetError(
                f'{self._truth_file()}: nobody to evaluate, expected visible keypoints in '
                f'category {self._categories}, got none in {len(kept)} annotations'
            )
        left_out = len(data['annotations']) - len(kept)
        if left_out:
            text = f'{self._truth_file()}: {left_out} annotations are not evaluated: they are '
            text += f'not of category {self._categories}, or lack box or keypoints'
            print_log(text, logger='current', level=logging.WARNING)
        data['annotations'] = kept
        data['categories'] = [c for c in data['categories'] if c['id'] in self._categories]
        self.coco.createIndex()

    def _truth_file(self) -> str:
        return str(self.ann_file or "the data set's annotation file")


def _plain_file(file: str, local: ExitStack) -> str:
    """Return a local path that MMPose and xtcocotools can read, until ``local`` closes."""
    return local.enter_context(plain_json(local.enter_context(get_local_path(file))))
