"""Configs of mean teachers: one step of learning from the views that their pipelines make."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS, HOOKS, MODELS

from mmpose_addons.datasets.two_views import TwoViews
from mmpose_addons.estimators.loading import geometry_of
from mmpose_addons.estimators.pose_network import PoseNetwork
from mmpose_addons.models.adaptation import TeacherAverage

CONFIGS = Path(__file__).parents[1] / 'configs'
FILES = sorted(
    str(file.relative_to(CONFIGS))
    for file in CONFIGS.rglob('td-*.py')
    if 'mean-teacher' in file.name and 'tiger' not in file.name  # the same networks
)


def sample_of(metainfo, rng):
    """Noise without keypoints, as ``PseudoLabelDataset`` hands it to the pipelines."""
    count = metainfo['num_keypoints']
    return dict(
        metainfo,
        img=rng.integers(0, 255, (300, 240, 3), dtype=np.uint8),
        img_path='noise.jpg',
        img_id=1,
        id=1,
        bbox=np.array([[30, 40, 200, 260]], np.float32),
        bbox_score=np.ones(1, np.float32),
        keypoints=np.zeros((1, count, 2), np.float32),
        keypoints_visible=np.zeros((1, count), np.float32),
    )


@pytest.mark.parametrize('name', FILES)
def test_one_step(name, rng):
    config = Config.fromfile(CONFIGS / name)
    config.model.backbone.pop('init_cfg', None)
    for hook in config.custom_hooks:
        HOOKS.build(hook)
    target = config.train_dataloader.dataset.target
    metainfo = target.dataset.get('metainfo') or DATASETS.get(target.dataset.type).METAINFO
    metainfo = parse_pose_metainfo(metainfo)
    views = TwoViews(Compose(target.pipeline), Compose(target.teacher_pipeline))
    packed = views(sample_of(metainfo, rng))
    packed['data_samples'].set_metainfo(dict(domain='target', draw_seed=1, has_labels=False))

    model = MODELS.build(config.model).eval()  # a batch of one has no variance
    average = TeacherAverage(model, momentum=0.001, gamma=1)
    model.consistency.share = 1.0
    model.consistency.teacher = PoseNetwork(
        average.module, metainfo['flip_indices'], geometry_of(config)
    )
    batch = model.data_preprocessor(pseudo_collate([packed]), training=True)
    losses = model(**batch, mode='loss')
    assert {key.split('/')[0] for key in losses} == {'consistency'}
    total, _ = model.parse_losses(losses)
    assert np.isfinite(total.item())
    total.backward()
    assert all(p.grad is None for p in average.module.parameters())
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
    assert losses['consistency/kept'] > 0
    assert any(gradient.any() for gradient in gradients)
