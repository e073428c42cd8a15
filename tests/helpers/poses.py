"""A small top-down estimator with peaked heatmaps, and images for it."""

import cv2
import numpy as np
import torch
from mmengine.config import Config
from torch import nn

from mmpose_addons.estimators.loading import load_pose_model

INPUT, HEATMAP = (48, 64), (12, 16)


def pose_config(codec='QuarterShiftHeatmap', use_udp=False, head=None, flip_test=True):
    """A config of LPN-50 on 48 x 64 px; `head` replaces the heatmap head."""
    codec = dict(type=codec, input_size=INPUT, heatmap_size=HEATMAP)
    offsets = 'Offset' in codec['type']
    if not offsets:
        codec['sigma'] = 2
    if use_udp:
        codec['use_udp'] = True
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='TopdownAffine', input_size=INPUT, use_udp=use_udp),
        dict(type='PackPoseInputs'),
    ]
    dataset = dict(type='CocoDataset', pipeline=pipeline)
    return Config(
        dict(
            default_scope='mmpose',
            model=dict(
                type='TopdownPoseEstimator',
                data_preprocessor=dict(
                    type='PoseDataPreprocessor',
                    mean=[123.675, 116.28, 103.53],
                    std=[58.395, 57.12, 57.375],
                    bgr_to_rgb=True,
                ),
                backbone=dict(type='LPN', depth=50),
                head=head
                or dict(
                    type='LPNHead',
                    in_channels=512,
                    out_channels=51 if offsets else 17,
                    deconv_out_channels=(64, 64),
                    decoder=codec,
                ),
                test_cfg=dict(
                    flip_test=flip_test,
                    flip_mode='udp_combined' if offsets else 'heatmap',
                    shift_heatmap=not offsets,
                ),
            ),
            train_dataloader=dict(dataset=dataset),
            test_dataloader=dict(dataset=dataset),
        )
    )


def pose_model(config=None):
    """The config's estimator with random weights whose heatmaps have values about 0 to 1."""
    torch.manual_seed(0)
    model = load_pose_model(config or pose_config(), None, 'cpu')
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(module.weight)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.normal_(module.running_mean, std=0.1)
    if hasattr(model.head, 'final_layer'):
        width, height = INPUT
        with torch.no_grad():
            maps = model(torch.randn(1, 3, height, width), None)
            if isinstance(maps, torch.Tensor):  # SimCC has bins of two axes
                model.head.final_layer.weight /= maps.abs().max()
    return model


def random_image(rng, width=160, height=120):
    """A smooth random image, uint8."""
    noise = rng.integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def some_boxes(rng, count):
    """Boxes (count, 4) that also reach over the border."""
    corners = rng.uniform((-10, -10), (100, 60), (count, 2))
    return np.hstack((corners, corners + rng.uniform(20, 70, (count, 2)))).astype(np.float32)
