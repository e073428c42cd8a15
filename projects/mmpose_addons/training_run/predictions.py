"""Predictions of a test beside the labels, for the galleries of the page.

Shape letters: K keypoints. Coordinates are (x, y) in image px.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmpose_addons_core.fileio import write_json


@dataclass(frozen=True)
class Prediction:
    """Of one labelled animal.

    Attributes:
        image: File.
        box: x1, y1, x2, y2.
        truth: (K, 2).
        labelled: (K,), bool.
        predicted: (K, 2).
    """

    image: Path
    box: np.ndarray
    truth: np.ndarray
    labelled: np.ndarray
    predicted: np.ndarray

    @property
    def error(self) -> float:
        """Mean distance of the labelled keypoints, as a share of the box's longer side."""
        distance = np.linalg.norm(self.predicted - self.truth, axis=1)[self.labelled]
        return float(distance.mean() / max(*(self.box[2:] - self.box[:2]), 1e-6))


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
    records = json.loads(file.read_text(encoding='utf-8'))
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
