# LPN-50 at 128 px for animals with 18 keypoints. A config adds the training pipeline, the data
# sets and the schedule
_base_ = [
    'mmpose::_base_/default_runtime.py', '../../_base_/cpu.py',
    '../../_base_/pipelines/topdown.py',
    '../../_base_/pipelines/strong_appearance.py'
]

optim_wrapper = dict(optimizer=dict(type='Adam', lr=2e-3))
warm_up = dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False)
cosine = dict(
    type='CosineAnnealingLR', eta_min=1e-5, convert_to_iter_based=True)
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
        # squared errors of a heatmap are so small that Adam's epsilon would
        # slow it down
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
test_pipeline = [*_base_.load_steps, crop, _base_.pack]

train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True))
# no validation: the last epoch is tested, so that no target label takes part
val_cfg = val_dataloader = val_evaluator = None
test_dataloader = dict(
    batch_size=32,
    num_workers=2,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False))
test_evaluator = dict(type='AnimalPCK', threshold=(0.05, 0.1))
randomness = dict(seed=0)
