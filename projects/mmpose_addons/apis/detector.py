"""Boxes of people (or animals, or faces) by any MMDet detector.

Boxes are (x1, y1, x2, y2) in image px.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model.utils import revert_sync_batchnorm
from mmengine.registry import DefaultScope
from mmpose.evaluation.functional import nms

from ..estimators.loading import ModelError, load_weights, read_config


class Boxes(NamedTuple):
    """Boxes that a detector finds in one image.

    Attributes:
        boxes: (N, 4), float32, image px.
        scores: (N,), float32, from the highest down.
    """

    boxes: np.ndarray
    scores: np.ndarray


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
        try:
            from mmdet.registry import MODELS, TRANSFORMS
            from mmdet.utils import register_all_modules
        except ImportError as error:
            raise ModelError(f'detecting needs MMDetection 3.x: {error}') from None
        register_all_modules(init_default_scope=False)
        config = read_config(config)
        config.model.pop('init_cfg', None)
        if 'backbone' in config.model:
            config.model.backbone.pop('init_cfg', None)
        with DefaultScope.overwrite_default_scope(config.get('default_scope', 'mmdet')):
            model = revert_sync_batchnorm(MODELS.build(config.model))
            self._pipeline = Compose([TRANSFORMS.build(step) for step in _steps(config)])
        self.model = model.to(device).eval()
        self.threshold, self.nms_threshold = threshold, nms_threshold
        meta = load_weights(model, checkpoint) if checkpoint is not None else {}
        classes = _classes(meta, config)
        if isinstance(category, str):
            if category not in classes:
                raise ModelError(f'category must be among {list(classes)}, got {category!r}')
            category = classes.index(category)
        self.label = category

    @torch.no_grad()
    def __call__(self, images: Sequence[np.ndarray]) -> list[Boxes]:
        """Return the boxes in each of some images (H, W, 3), uint8, BGR."""
        batch = [self._pipeline(dict(img=image, img_id=0)) for image in images]
        found = self.model.test_step(pseudo_collate(batch))
        return [self._selected(sample.pred_instances.cpu().numpy()) for sample in found]

    def _selected(self, found: Any) -> Boxes:
        chosen = (found.labels == self.label) & (found.scores >= self.threshold)
        boxes, scores = found.bboxes[chosen], found.scores[chosen]
        order = np.argsort(-scores, kind='stable')
        if self.nms_threshold is not None and len(order):
            order = nms(np.column_stack((boxes, scores)), self.nms_threshold)
        return Boxes(boxes[order].astype(np.float32), scores[order].astype(np.float32))


def _steps(config: Config) -> list[dict]:
    """Return the test pipeline for images that are there already and have no annotations."""
    steps = [
        dict(step)
        for step in config.test_dataloader.dataset.pipeline
        if not step['type'].startswith(('LoadImage', 'LoadAnnotations'))
    ]
    steps[-1] = dict(steps[-1], meta_keys=('img_id', 'ori_shape', 'img_shape', 'scale_factor'))
    return [dict(type='mmdet.LoadImageFromNDArray'), *steps]


def _classes(meta: dict, config: Config) -> tuple[str, ...]:
    """Return the names of the detector's classes: of the checkpoint, the config, or COCO."""
    known = {key.lower(): value for key, value in meta.get('dataset_meta', {}).items()}
    metainfo = config.test_dataloader.dataset.get('metainfo') or {}
    classes = known.get('classes') or metainfo.get('classes')
    if classes is None:
        from mmdet.evaluation import get_classes

        classes = get_classes('coco')
    return tuple(classes)
