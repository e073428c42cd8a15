# Overfits LPN-50 to four images of COCO to check the whole chain.
_base_ = [
    'td-hm_lpn-50_1xb32-150e_coco-256x192.py', '../../../_base_/cpu.py',
    '../../../_base_/pipelines/topdown.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
randomness = dict(seed=0)

train_cfg = dict(max_epochs=60, val_interval=60)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
param_scheduler = [
    dict(type='LinearLR', end=5, start_factor=0.1),
    dict(type='CosineAnnealingLR', T_max=33, begin=27, end=60)
]
default_hooks = dict(
    logger=dict(interval=2), checkpoint=dict(interval=60, max_keep_ckpts=1))
custom_hooks = [*_base_.custom_hooks, *_base_.cpu_hooks]

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    sigma=1.5,
    beta=160,
    shift=True,
    unbiased=True)
# learned without augmentation, so tested without a flip
model = dict(
    head=dict(
        # squared errors of a heatmap are so small that Adam's epsilon would slow it down
        loss=dict(loss_weight=1000.),
        decoder=dict(_delete_=True, **codec)),
    test_cfg=dict(flip_test=False))
crop = dict(_base_.crop, input_size=codec['input_size'])
target = dict(_base_.target, encoder=codec)
train_pipeline = [*_base_.load_steps, crop, target, _base_.pack]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]

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
        data_prefix=dict(img=''),
        pipeline=val_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(ann_file=data_root + 'test_coco.json')
test_evaluator = val_evaluator
