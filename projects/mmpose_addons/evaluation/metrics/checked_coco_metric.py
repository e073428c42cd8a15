"""CocoMetric that checks its ground truth before the first step."""

from collections.abc import Collection

from mmengine.fileio import get_local_path
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import METRICS

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints


@METRICS.register_module()
class CheckedCocoMetric(CocoMetric):
    """MMPose's ``CocoMetric`` for an ``ann_file`` of its own.

    Without ``ann_file`` the ground truth is that of the data set, which ``CheckedCocoDataset``
    checks.

    Args:
        check_tolerate: kinds of problems that shall not stop, out of ``TOLERABLE``.

    Raises:
        DatasetError: CocoMetric would fail on the annotations, or count wrongly.
    """

    def __init__(
        self,
        ann_file: str | None = None,
        use_area: bool = True,
        format_only: bool = False,
        check_tolerate: Collection[str] = (),
        **kwargs,
    ) -> None:
        if ann_file is not None and not format_only:
            tolerate = {*check_tolerate} | ({'area'} if not use_area else set())
            with get_local_path(ann_file) as local_path:
                report = check_coco_keypoints(local_path, evaluation=True, tolerate=tolerate)
            report.raise_for_errors(more=['--max-per-kind', '0', '--evaluation'])
        super().__init__(
            ann_file=ann_file, use_area=use_area, format_only=format_only, **kwargs
        )
