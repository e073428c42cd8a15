"""Boxes of people (or animals, or faces) by any MMDet detector.

Boxes are (x1, y1, x2, y2) in image px.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmpose.evaluation.functional import nms
from torch import nn

from mmpose_addons_core.setting_checks import check_shares
from mmpose_addons_runtime.boxes import Boxes, class_label

from ..estimators.detector_network import Detections, DetectorNetwork


class BoxDetector:
    """An MMDet detector reduced to the boxes of one category.

    Args:
        config: Of MMDet.
        checkpoint: Its weights; None for random ones.
        device: Where to compute.
        category: Name or index of the class whose boxes are wanted.
        threshold: Boxes with a lower score are dropped.
        nms_threshold: Of two boxes that overlap by a higher IoU the better one stays; None
            leaves the detector's own suppression alone.

    Raises:
        ModelError: Config or checkpoint are not usable, MMDet is missing, or the detector has
            no such class.
        ValueError: A threshold is not from 0 to 1.
    """

    def __init__(
        self,
        config: str | Path | Config,
        checkpoint: str | Path | None,
        device: str | torch.device = 'cpu',
        category: str | int = 0,
        threshold: float = 0.3,
        nms_threshold: float | None = None,
    ) -> None:
        check_shares(box_threshold=threshold)
        if nms_threshold is not None:
            check_shares(nms_threshold=nms_threshold)
        self.network = DetectorNetwork(config, checkpoint, device)
        self.threshold, self.nms_threshold = threshold, nms_threshold
        name = 'the detector' if isinstance(config, Config) else config
        self.label = class_label(category, self.network.classes, name)

    @property
    def model(self) -> nn.Module:
        """The detector of MMDet."""
        return self.network.model

    def __call__(self, images: Sequence[np.ndarray]) -> list[Boxes]:
        """Return the boxes in each of some images (H, W, 3), uint8, BGR."""
        return [self._selected(found) for found in self.network(images)]

    def _selected(self, found: Detections) -> Boxes:
        chosen = (found.labels == self.label) & (found.scores >= self.threshold)
        boxes, scores = found.boxes[chosen], found.scores[chosen]
        order = np.argsort(-scores, kind='stable')
        if self.nms_threshold is not None and len(order):
            order = nms(np.column_stack((boxes, scores)), self.nms_threshold)
        return Boxes(boxes[order].astype(np.float32), scores[order].astype(np.float32))
