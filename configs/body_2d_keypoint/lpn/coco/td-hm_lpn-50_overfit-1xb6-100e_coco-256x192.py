# Overfits LPN-50 to four images of COCO in two minutes, to check the whole chain.
_base_ = [
    'td-hm_lpn-50_1xb32-150e_coco-256x192.py', '../../../_base_/cpu.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
randomness = dict(seed=0)

train_cfg = dict(max_epochs=100, val_interval=100)
optim_wrapper = dict(optimizer=dict(lr=2e-3))
param_scheduler = [
    dict(type='LinearLR', end=5, start_factor=0.1),
    dict(type='CosineAnnealingLR', T_max=95, begin=5, end=100)
]
default_hooks = dict(
    logger=dict(interval=2), checkpoint=dict(interval=50, max_keep_ckpts=1))
custom_hooks = [*_base_.custom_hooks, *_base_.cpu_hooks]

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(192, 256),
    heatmap_size=(48, 64),
    sigma=2,
    beta=160,
    unbiased=True)
# learned without augmentation, so tested without a flip
model = dict(
    head=dict(
        # squared errors of a heatmap are so small that Adam's epsilon would slow it down
        loss=dict(loss_weight=1000.),
        decoder=dict(_delete_=True, **codec)),
    test_cfg=dict(flip_test=False))
train_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]

data_root = 'data/coco_sample/'
# twelve of the fourteen people have visible keypoints: two equal batches, since
# BatchNorm's statistics suffer from a small last one
train_dataloader = dict(
    batch_size=6,
    dataset=dict(
        data_root=data_root,
        ann_file='test_coco.json',
        data_prefix=dict(img=''),
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        ann_file='test_coco.json',
        bbox_file=None,
        data_prefix=dict(img='')))
test_dataloader = val_dataloader
val_evaluator = dict(ann_file=data_root + 'test_coco.json')
test_evaluator = val_evaluator
