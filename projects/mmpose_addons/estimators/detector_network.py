"""Any detector of MMDet as a function from images to all of its boxes.

Shape letters: N boxes of one image. Boxes are (x1, y1, x2, y2) in image px.
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

from .devices import to_device
from .loading import ModelError, load_weights, read_config


class Detections(NamedTuple):
    """What a detector finds in one image, of all classes.

    Attributes:
        boxes: (N, 4), float32, image px.
        scores: (N,), float32.
        labels: (N,), int64, indices of classes.
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray


class DetectorNetwork:
    """MMDet's own inference for images that are in memory.

    Args:
        config: Of MMDet.
        checkpoint: Its weights; None for random ones.
        device: Where to compute.
        score_threshold: Boxes with a lower score are left out; None: as the config says.

    Attributes:
        model: The detector, in eval mode.
        config: Its config.
        classes: Names of its classes.

    Raises:
        ModelError: Config, checkpoint or device are not usable, or MMDet is missing.
    """

    def __init__(
        self,
        config: str | Path | Config,
        checkpoint: str | Path | None,
        device: str | torch.device = 'cpu',
        score_threshold: float | None = None,
    ) -> None:
        try:
            from mmdet.models.detectors.base import BaseDetector
            from mmdet.registry import MODELS, TRANSFORMS
            from mmdet.utils import register_all_modules
        except ImportError as error:
            raise ModelError(f'detecting needs MMDetection 3.x: {error}') from None
        register_all_modules(init_default_scope=False)
        name = '' if isinstance(config, Config) else f'{config}: '
        config = read_config(config)
        if not config.get('model') or not config.get('test_dataloader'):
            raise ModelError(
                f'{name}a config of MMDet with model and test_dataloader is needed'
            )
        config.model.pop('init_cfg', None)
        if 'backbone' in config.model:
            config.model.backbone.pop('init_cfg', None)
        if score_threshold is not None and 'test_cfg' in config.model:
            config.model.test_cfg.score_thr = score_threshold
        with DefaultScope.overwrite_default_scope(config.get('default_scope', 'mmdet')):
            try:
                model = MODELS.build(config.model)
            except KeyError as error:  # a class that no registry has
                raise ModelError(f'{name}{error.args[0]}') from None
            if not isinstance(model, BaseDetector):
                raise ModelError(
                    f'{name}expected a detector of MMDet, got {type(model).__name__}'
                )
            self._pipeline = Compose([TRANSFORMS.build(step) for step in image_steps(config)])
        self.model = to_device(revert_sync_batchnorm(model), device).eval()
        self.config = config
        meta = load_weights(model, checkpoint) if checkpoint is not None else {}
        self.classes = _classes(meta, config)

    @torch.no_grad()
    def __call__(self, images: Sequence[np.ndarray]) -> list[Detections]:
        """Detect in images (H, W, 3), uint8, BGR."""
        batch = [self._pipeline(dict(img=image, img_id=0)) for image in images]
        samples = self.model.test_step(pseudo_collate(batch))
        return [_detections(sample.pred_instances) for sample in samples]


def _detections(found: Any) -> Detections:
    values = found.bboxes, found.scores, found.labels
    return Detections(*(value.cpu().numpy() for value in values))


def image_steps(config: Config) -> list[dict]:
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
