# Overfits a small network to a few real faces, to check data, codec, loss and metric.
_base_ = [
    'td-reg_mobilenetv2_pixelwing-8xb64-210e_wflw-128x128.py',
    '../../../_base_/cpu.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

randomness = dict(seed=0)
train_cfg = dict(max_epochs=400, val_interval=400)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', end=20, start_factor=0.01),
    dict(type='CosineAnnealingLR', T_max=380, begin=20, end=400)
]
default_hooks = dict(
    logger=dict(interval=1),
    checkpoint=dict(interval=400, save_best=None, rule=None))
custom_hooks = [*_base_.custom_hooks, *_base_.cpu_hooks]

# Learned without augmentation, so tested without a flip. So few images give
# BatchNorm other statistics in training than in testing; GroupNorm has none.
model = dict(
    backbone=dict(
        _delete_=True,
        type='MobileNetV2',
        norm_cfg=dict(type='GN', num_groups=8)),
    test_cfg=dict(flip_test=False))
train_pipeline = [
    *_base_.load_steps, _base_.crop,
    dict(type='GenerateTarget', encoder=_base_.codec), _base_.pack
]

dataset = dict(
    data_root='data/wflw_sample/',
    ann_file='test_wflw.json',
    data_prefix=dict(img=''))
train_dataloader = dict(
    batch_size=4, dataset=dict(pipeline=train_pipeline, **dataset))
val_dataloader = dict(dataset=dataset)
test_dataloader = val_dataloader
