# LPN-50 on the toy people, small enough for a laptop: tools/demo.sh
_base_ = [
    '../coco/td-hm_lpn-50_1xb32-150e_coco-256x192.py', '../../../_base_/cpu.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
randomness = dict(seed=0)

train_cfg = dict(max_epochs=5, val_interval=5)
param_scheduler = [
    dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=5,
        end=5,
        eta_min=1e-5,
        convert_to_iter_based=True)
]
optim_wrapper = dict(optimizer=dict(lr=3e-3))
default_hooks = dict(
    logger=dict(interval=20), checkpoint=dict(interval=1, max_keep_ckpts=1))
custom_hooks = [*_base_.custom_hooks, *_base_.cpu_hooks]

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    sigma=1.5,
    beta=160,
    shift=True,
    unbiased=True)
model = dict(
    head=dict(
        # squared errors of a heatmap are so small that Adam's epsilon would slow it down
        loss=dict(loss_weight=1000.),
        decoder=dict(_delete_=True, **codec)))

toy_augmentation = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_prob=0,
        scale_factor=(0.85, 1.15),
        rotate_factor=30,  # toy people stand upright
        rotate_prob=0.3)
]
crop = dict(type='TopdownAffine', input_size=codec['input_size'])
train_pipeline = [
    *toy_augmentation, crop,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
val_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'), crop,
    dict(type='PackPoseInputs')
]

data_root = 'data/toy_people/'
train_dataloader = dict(
    batch_size=16,
    dataset=dict(
        data_root=data_root,
        ann_file='annotations/people_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        ann_file='annotations/people_val.json',
        data_prefix=dict(img='images/val/'),
        bbox_file=None,
        pipeline=val_pipeline))
test_dataloader = val_dataloader

val_evaluator = dict(ann_file=data_root + 'annotations/people_val.json')
test_evaluator = val_evaluator
