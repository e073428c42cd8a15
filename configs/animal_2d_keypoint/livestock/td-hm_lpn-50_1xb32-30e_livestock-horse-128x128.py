# Horses in a stable, with their labels: the source of the adaptations here
_base_ = [
    'mmpose::_base_/default_runtime.py', '../../_base_/cpu.py',
    '../../_base_/pipelines/topdown.py', '_base_/livestock.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=30)
optim_wrapper = dict(optimizer=dict(type='Adam', lr=2e-3))
warm_up = dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False)
cosine = dict(
    type='CosineAnnealingLR', eta_min=1e-5, convert_to_iter_based=True)
param_scheduler = [warm_up, dict(cosine, T_max=30, end=30)]
# an epoch has 16 iterations
default_hooks = dict(
    logger=dict(interval=8),
    checkpoint=dict(interval=5, save_best=None, max_keep_ckpts=2))
custom_hooks = [*_base_.cpu_hooks, *_base_.custom_hooks]

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(128, 128),
    heatmap_size=(32, 32),
    sigma=1.5,
    beta=160,
    unbiased=True)

model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True),
    backbone=dict(type='LPN', depth=50),
    head=dict(
        type='LPNHead',
        in_channels=512,
        out_channels=18,
        # squared errors of a heatmap are so small that Adam's epsilon would
        # slow it down
        loss=dict(
            type='KeypointMSELoss', use_target_weight=True,
            loss_weight=1000.),
        decoder=codec),
    test_cfg=dict(flip_test=True, flip_mode='heatmap'))

crop = dict(_base_.crop, input_size=codec['input_size'])
target = dict(_base_.target, encoder=codec)
geometry = [
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_factor=0.1,
        scale_factor=(0.7, 1.35),
        rotate_factor=40)
]
appearance = dict(
    type='RandomAppearance', noise=0.05, blur=1.5, contrast=2, colour=0.1)
train_pipeline = [
    *_base_.load_steps, *geometry, crop, appearance, target, _base_.pack
]
test_pipeline = [*_base_.load_steps, crop, _base_.pack]

train_dataset = dict(
    type='CheckedCocoDataset',
    metainfo=_base_.livestock,
    data_root='data/livestock/',
    ann_file='horse_train.json',
    pipeline=train_pipeline)
train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=train_dataset)
# no validation: the last epoch is tested, so that no target label takes part
val_cfg = val_dataloader = val_evaluator = None
test_dataloader = dict(
    batch_size=32,
    num_workers=2,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type='CheckedCocoDataset',
        metainfo=_base_.livestock,
        data_root='data/livestock/',
        ann_file='horse_test.json',
        test_mode=True,
        pipeline=test_pipeline))
test_evaluator = [
    dict(type='AnimalPCK', heatmap_size=(32, 32)),
    dict(
        type='AnimalPCK',
        threshold=0.1,
        heatmap_size=(32, 32),
        prefix='animal_0.1')
]
randomness = dict(seed=0)
