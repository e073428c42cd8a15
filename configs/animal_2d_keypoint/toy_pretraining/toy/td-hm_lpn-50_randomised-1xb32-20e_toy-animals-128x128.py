# A backbone for real four-legged animals that has seen drawn ones only
_base_ = [
    'mmpose::_base_/default_runtime.py', '../../../_base_/cpu.py',
    '../../../_base_/pipelines/topdown.py',
    '../../../_base_/pipelines/strong_appearance.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

epochs = 20
train_cfg = dict(max_epochs=epochs)
optim_wrapper = dict(optimizer=dict(type='Adam', lr=2e-3))
param_scheduler = [
    dict(type='LinearLR', end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        eta_min=1e-5,
        T_max=epochs,
        end=epochs,
        convert_to_iter_based=True)
]
default_hooks = dict(
    logger=dict(interval=25),
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
        loss=dict(
            type='KeypointMSELoss', use_target_weight=True,
            loss_weight=1000.),
        decoder=codec),
    test_cfg=dict(flip_test=False))

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
train_pipeline = [
    *_base_.load_steps, *geometry, crop, *_base_.strong_appearance, target,
    _base_.pack
]
test_pipeline = [*_base_.load_steps, crop, _base_.pack]

train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals_pretraining/',
        ann_file='annotations/animals_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
val_cfg = val_dataloader = val_evaluator = None
test_dataloader = dict(
    batch_size=32,
    num_workers=2,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals_pretraining/',
        ann_file='annotations/animals_val.json',
        data_prefix=dict(img='images/val/'),
        test_mode=True,
        pipeline=test_pipeline))
test_evaluator = dict(type='AnimalPCK', threshold=(0.05, 0.1))
randomness = dict(seed=0)
