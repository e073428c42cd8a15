"""Detectors of MMDet that are small, untrained and quick."""

from mmengine.config import Config


def detector_config():
    """RTMDet of a few thousand weights on 64 x 64 px, two classes."""
    layers = dict(norm_cfg=dict(type='BN'), act_cfg=dict(type='SiLU'))
    return Config(
        dict(
            default_scope='mmdet',
            model=dict(
                type='RTMDet',
                data_preprocessor=dict(
                    type='DetDataPreprocessor',
                    mean=[103.53, 116.28, 123.675],
                    std=[57.375, 57.12, 58.395],
                ),
                **_body('CSPNeXt', 'CSPNeXtPAFPN', layers),
                bbox_head=dict(
                    type='RTMDetSepBNHead',
                    num_classes=2,
                    in_channels=32,
                    stacked_convs=1,
                    feat_channels=32,
                    anchor_generator=dict(
                        type='MlvlPointGenerator', offset=0, strides=[8, 16, 32]
                    ),
                    bbox_coder=dict(type='DistancePointBBoxCoder'),
                    loss_cls=dict(type='QualityFocalLoss', use_sigmoid=True),
                    loss_bbox=dict(type='GIoULoss'),
                    with_objectness=False,
                    exp_on_reg=False,
                    share_conv=True,
                    **layers,
                ),
                test_cfg=dict(
                    nms_pre=100,
                    min_bbox_size=0,
                    score_thr=0.0,
                    nms=dict(type='nms', iou_threshold=0.65),
                    max_per_img=100,
                ),
            ),
            test_dataloader=_dataloader(dict(type='Pad', size=(64, 64))),
        )
    )


def yolox_config():
    """YOLOX of a few thousand weights on 64 x 64 px, two classes."""
    norm = dict(type='BN', momentum=0.03, eps=0.001)
    layers = dict(norm_cfg=norm, act_cfg=dict(type='Swish'))
    return Config(
        dict(
            default_scope='mmdet',
            model=dict(
                type='YOLOX',
                data_preprocessor=dict(type='DetDataPreprocessor', pad_size_divisor=32),
                **_body('CSPDarknet', 'YOLOXPAFPN', layers),
                bbox_head=dict(
                    type='YOLOXHead',
                    num_classes=2,
                    in_channels=32,
                    feat_channels=32,
                    **layers,
                ),
                test_cfg=dict(score_thr=0.01, nms=dict(type='nms', iou_threshold=0.65)),
            ),
            test_dataloader=_dataloader(
                dict(type='Pad', pad_to_square=True, pad_val=dict(img=(114.0, 114.0, 114.0)))
            ),
        )
    )


def _body(backbone, neck, layers):
    """The smallest backbone and neck of the YOLO family."""
    return dict(
        backbone=dict(type=backbone, deepen_factor=0.1, widen_factor=0.125, **layers),
        neck=dict(
            type=neck, in_channels=[32, 64, 128], out_channels=32, num_csp_blocks=1, **layers
        ),
    )


def _dataloader(pad):
    return dict(
        dataset=dict(
            type='CocoDataset',
            metainfo=dict(classes=('cat', 'person')),
            pipeline=[
                dict(type='LoadImageFromFile'),
                dict(type='Resize', scale=(64, 64), keep_ratio=True),
                pad,
                dict(type='LoadAnnotations', with_bbox=True),
                dict(
                    type='PackDetInputs',
                    meta_keys=('img_id', 'ori_shape', 'img_shape', 'scale_factor'),
                ),
            ],
        )
    )
