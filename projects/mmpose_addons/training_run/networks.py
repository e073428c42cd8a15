"""The networks that ``mmpose-addons adapt`` and ``train --labelled`` know by name."""

from pathlib import Path
from typing import Any

import mmpose

from mmpose_addons_core.choices import RUN_NETWORKS
from mmpose_addons_core.training_plan import PlanError

from ..estimators.loading import read_config

_HRNET = 'body_2d_keypoint/topdown_heatmap/coco/td-hm_hrnet-w32_8xb64-210e_coco-256x192.py'


def network(name: str, keypoints: int, size: tuple[int, int]) -> dict[str, Any]:
    """Return the ``model`` of a config, and its codec as the head's ``decoder``.

    Args:
        name: One of ``choices.RUN_NETWORKS``, or a config of MMPose, whose network and codec
            are taken.
        keypoints: Their number.
        size: Width and height of the input, px; a config has its own.

    Raises:
        ModelError: A config cannot be read.
        PlanError: It is not that of a top-down network.
    """
    if name not in RUN_NETWORKS:
        return _of_config(name, keypoints)
    codec = dict(
        type='SoftArgmaxHeatmap',
        input_size=size,
        heatmap_size=(size[0] // 4, size[1] // 4),
        sigma=max(1.5, max(size) / 128),
        beta=160,
        unbiased=True,
    )
    backbone: dict[str, Any] = dict(type='LPN', depth=50)
    head: dict[str, Any] = dict(type='LPNHead', in_channels=512)
    if name == 'resnet-50':
        backbone = dict(type='ResNet', depth=50)
        head = dict(type='HeatmapHead', in_channels=2048)
    elif name == 'hrnet-w32':
        file = Path(mmpose.__file__).parent / '.mim' / 'configs' / _HRNET
        backbone = read_config(file).model.backbone.to_dict()
        backbone.pop('init_cfg')  # a download
        head = dict(type='HeatmapHead', in_channels=32, deconv_out_channels=None)
    # squared errors of a heatmap are so small that Adam's epsilon would slow it down
    loss = dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=1000.0)
    return dict(
        type='TopdownPoseEstimator',
        data_preprocessor=dict(
            type='PoseDataPreprocessor',
            mean=[123.675, 116.28, 103.53],
            std=[58.395, 57.12, 57.375],
            bgr_to_rgb=True,
        ),
        backbone=backbone,
        head=dict(**head, out_channels=keypoints, loss=loss, decoder=codec),
        test_cfg=dict(flip_test=True, flip_mode='heatmap'),
    )


def _of_config(file: str, keypoints: int) -> dict[str, Any]:
    config = read_config(file)
    model = config.get('model', {})
    if model.get('type') != 'TopdownPoseEstimator' or 'decoder' not in model.get('head', {}):
        raise PlanError(
            f'{file}: expected a TopdownPoseEstimator whose head has a decoder, got '
            f'{model.get("type")!r}'
        )
    plain: dict[str, Any] = model.to_dict()
    plain['head']['out_channels'] = keypoints
    return plain
