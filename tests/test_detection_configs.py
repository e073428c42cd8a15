"""Configs of person detectors train and detect."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData
from torch import nn

from mmpose_addons.apis import BoxDetector

CONFIGS = sorted(Path(__file__).parents[1].glob('configs/person_detection/**/*.py'))


@pytest.mark.parametrize('file', CONFIGS, ids=lambda file: file.stem)
def test_config_trains_and_detects(file, rng):
    from mmdet.structures import DetDataSample

    detector = BoxDetector(file, None, threshold=0.0)
    image = rng.integers(0, 256, (192, 192, 3), dtype=np.uint8)
    ((boxes, _),) = detector([image])
    assert boxes.shape[1] == 4
    sample = DetDataSample(metainfo=dict(img_shape=(192, 192), pad_shape=(192, 192)))
    sample.gt_instances = InstanceData(
        bboxes=torch.tensor([[20.0, 30, 90, 180]]), labels=torch.tensor([0])
    )
    for module in detector.model.modules():  # a batch of one has no variance
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    with DefaultScope.overwrite_default_scope('mmdet'):
        batch = dict(inputs=[torch.from_numpy(image).permute(2, 0, 1)], data_samples=[sample])
        batch = detector.model.data_preprocessor(batch, training=True)
        losses = detector.model(**batch, mode='loss')
    total = sum(sum(loss) if isinstance(loss, list) else loss for loss in losses.values())
    assert torch.isfinite(total)
    total.backward()
