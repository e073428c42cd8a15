# Source only, on toy animals: learns from synthetic images, is tested on videos
_base_ = ['mmpose::_base_/default_runtime.py', '../../../_base_/cpu.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=40)
optim_wrapper = dict(optimizer=dict(type='Adam', lr=3e-3))
warm_up = dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False)
cosine = dict(
    type='CosineAnnealingLR', eta_min=1e-5, convert_to_iter_based=True)
param_scheduler = [warm_up, dict(cosine, T_max=40, end=40)]
default_hooks = dict(
    logger=dict(interval=25), checkpoint=dict(interval=5, save_best=None, max_keep_ckpts=2))
custom_hooks = [*_base_.cpu_hooks, *_base_.custom_hooks]

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(128, 128),
    heatmap_size=(32, 32),
    sigma=1.5,
    beta=160,
    unbiased=True)

# LPN-50 with half the channels, so that one core trains it in minutes
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True),
    backbone=dict(type='LPN', depth=50, stem_channels=32, base_channels=32),
    head=dict(
        type='LPNHead',
        in_channels=256,
        out_channels=18,
        deconv_out_channels=(128, 128),
        # squared errors of a heatmap are so small that Adam's epsilon would
        # slow it down
        loss=dict(
            type='KeypointMSELoss', use_target_weight=True,
            loss_weight=1000.),
        decoder=codec),
    test_cfg=dict(flip_test=False))

# all animals walk to the right: no mirror images
train_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(
        type='RandomBBoxTransform',
        shift_prob=0,
        scale_factor=(0.85, 1.2),
        rotate_factor=25,
        rotate_prob=0.5),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(
        type='RandomAppearance', noise=0.03, blur=1.5, contrast=1.5,
        colour=0.1),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
test_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs')
]

train_dataloader = dict(
    batch_size=8,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals/synthetic/',
        ann_file='annotations/animals_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
# no validation: the last epoch is tested, so that no target label takes part
val_cfg = val_dataloader = val_evaluator = None
test_dataloader = dict(
    batch_size=32,
    num_workers=0,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals/real/',
        ann_file='annotations/animals_val.json',
        data_prefix=dict(img='images/val/'),
        test_mode=True,
        pipeline=test_pipeline))
test_evaluator = dict(type='AnimalPCK', heatmap_size=(32, 32))
randomness = dict(seed=0)
