"""Predictions of a test beside the labels, for the galleries of the page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmpose_addons_core.fileio import write_json
from mmpose_addons_core.training_plan import read_run_file

from ..visualization.prediction_gallery import Prediction


class KeepPredictions(Hook):
    """Collects the predictions of a test.

    Attributes:
        found: A record for each labelled animal, as JSON has it.
    """

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Sequence[Any] | None = None,
    ) -> None:
        for sample in outputs or ():
            labels, predicted = sample.gt_instances, sample.pred_instances
            self.found.append(
                dict(
                    image=str(sample.img_path),
                    box=np.asarray(labels.bboxes)[0].tolist(),
                    truth=np.asarray(labels.keypoints)[0].tolist(),
                    labelled=(np.asarray(labels.keypoints_visible)[0] > 0).tolist(),
                    predicted=np.asarray(predicted.keypoints)[0].tolist(),
                )
            )

    def write(self, file: Path) -> None:
        """Write them as JSON."""
        write_json(file, self.found)


def read_predictions(file: Path) -> list[Prediction]:
    """Read what :class:`KeepPredictions` has written; empty without the file."""
    if not file.is_file():
        return []
    records = read_run_file(file, list)
    return [
        Prediction(
            Path(record['image']),
            np.array(record['box']),
            np.array(record['truth']),
            np.array(record['labelled'], bool),
            np.array(record['predicted']),
        )
        for record in records
        if any(record['labelled'])
    ]
