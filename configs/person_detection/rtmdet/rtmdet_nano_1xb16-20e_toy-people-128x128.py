# RTMDet, smaller than tiny, on the toy people: a person detector in about ten CPU minutes.
# mim train mmdet CONFIG --gpus 0
_base_ = [
    'mmdet::rtmdet/rtmdet_tiny_8xb32-300e_coco.py', '../../_base_/cpu.py'
]

default_scope = 'mmdet'
custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
size = (128, 128)  # half the images' size, so that there is time for many steps
max_epochs = 20

model = dict(
    data_preprocessor=dict(pad_size_divisor=32),
    backbone=dict(
        widen_factor=0.25, norm_cfg=dict(type='BN'), init_cfg=None),
    neck=dict(
        in_channels=[64, 128, 256],
        out_channels=64,
        norm_cfg=dict(type='BN')),
    bbox_head=dict(
        num_classes=1,
        in_channels=64,
        feat_channels=64,
        norm_cfg=dict(type='BN')),
    test_cfg=dict(nms_pre=1000, max_per_img=20))

train_pipeline = [
    dict(type='LoadImageFromFile', backend_args=None),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(
        type='RandomResize',
        scale=size,
        ratio_range=(0.7, 1.3),
        keep_ratio=True),
    dict(type='RandomCrop', crop_size=size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='Pad', size=size, pad_val=dict(img=(114, 114, 114))),
    dict(type='PackDetInputs')
]
test_pipeline = [
    dict(type='LoadImageFromFile', backend_args=None),
    dict(type='Resize', scale=size, keep_ratio=True),
    dict(type='Pad', size=size, pad_val=dict(img=(114, 114, 114))),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(
        type='PackDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape',
                   'scale_factor'))
]

data_root = 'data/toy_people/'
metainfo = dict(classes=('person', ), palette=[(220, 20, 60)])
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    pin_memory=False,
    dataset=dict(
        data_root=data_root,
        metainfo=metainfo,
        ann_file='annotations/people_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=16,
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        metainfo=metainfo,
        ann_file='annotations/people_val.json',
        data_prefix=dict(img='images/val/'),
        pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(ann_file=data_root + 'annotations/people_val.json')
test_evaluator = val_evaluator

train_cfg = dict(
    max_epochs=max_epochs, val_interval=4, dynamic_intervals=None)
optim_wrapper = dict(optimizer=dict(lr=2e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, end=50),
    dict(
        type='CosineAnnealingLR',
        eta_min=2e-5,
        T_max=max_epochs,
        end=max_epochs,
        convert_to_iter_based=True)
]
default_hooks = dict(
    logger=dict(interval=20),
    checkpoint=dict(
        type='mmpose.CheckpointHook', interval=1, max_keep_ckpts=1))
custom_hooks = _base_.cpu_hooks
