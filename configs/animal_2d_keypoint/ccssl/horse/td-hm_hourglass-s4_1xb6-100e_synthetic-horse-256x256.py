# Source only: learns from synthetic horses, is tested on TigDog's
_base_ = ['mmpose::_base_/default_runtime.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=100, val_interval=10)
optim_wrapper = dict(optimizer=dict(type='RMSprop', lr=2.5e-4))
param_scheduler = [
    dict(type='MultiStepLR', end=100, milestones=[60, 90], gamma=0.1)
]
auto_scale_lr = dict(base_batch_size=6)
default_hooks = dict(checkpoint=dict(max_keep_ckpts=3))

codec = dict(
    type='MSRAHeatmap', input_size=(256, 256), heatmap_size=(64, 64), sigma=1)

model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[255, 255, 255],
        bgr_to_rgb=True),
    backbone=dict(type='HourglassPreAct', num_stacks=4, out_channels=18),
    # the heatmaps are made in the backbone; this takes each stack's loss
    head=dict(
        type='CPMHead',
        in_channels=18,
        out_channels=18,
        num_stages=4,
        final_layer=None,
        loss=dict(
            type='KeypointMSELoss', use_target_weight=True, loss_weight=0.5),
        decoder=codec),
    test_cfg=dict(
        flip_test=True,
        flip_mode='heatmap',
        shift_heatmap=True,
        output_heatmaps=True))

# The paper's strong augmentation; docs/animals.md lists what differs
strong_augmentation = [
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomApply',
        prob=0.5,
        transforms=[
            dict(
                type='RandomBBoxTransform',
                shift_factor=0.05,
                shift_prob=1.0,
                scale_factor=(2 / 3, 2.0),
                rotate_factor=30,
                rotate_prob=1.0)
        ]),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(
        type='RandomAppearance',
        noise=0.5,
        blur=3.0,
        contrast=2.0,
        colour=0.0)
]

# The crop is 1.25 times the longer side of a synthetic animal's box (all of the
# mesh), 1.5 times that of a real one's (the joints)
source_load_steps = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.25)
]
target_load_steps = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.5)
]
train_steps = [
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
val_steps = [
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs')
]
source_train_pipeline = [
    *source_load_steps, *strong_augmentation, *train_steps
]
source_val_pipeline = [*source_load_steps, *val_steps]
target_train_pipeline = [
    *target_load_steps, *strong_augmentation, *train_steps
]
target_val_pipeline = [*target_load_steps, *val_steps]

train_dataloader = dict(
    batch_size=6,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/synthetic_animal/',
        ann_file='annotations/horse_train.json',
        data_prefix=dict(img=''),
        pipeline=source_train_pipeline))
val_dataloader = dict(
    batch_size=32,
    num_workers=4,
    persistent_workers=True,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/synthetic_animal/',
        ann_file='annotations/horse_val.json',
        data_prefix=dict(img=''),
        test_mode=True,
        pipeline=source_val_pipeline))
test_dataloader = dict(
    batch_size=32,
    num_workers=4,
    persistent_workers=True,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/behaviorDiscovery2.0/',
        ann_file='annotations/horse_val.json',
        data_prefix=dict(img=''),
        test_mode=True,
        pipeline=target_val_pipeline))

val_evaluator = dict(type='AnimalPCK', threshold=0.05, heatmap_size=(64, 64))
test_evaluator = val_evaluator
