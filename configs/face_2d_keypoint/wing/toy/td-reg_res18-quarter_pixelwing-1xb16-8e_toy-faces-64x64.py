# A ResNet-18 of a quarter of the width on toy faces, under a minute on one core:
# mmpose-addons toy faces --out data/toy_faces --images 1600 --val-fraction 0.125
_base_ = [
    '../wflw/td-reg_res50_pixelwing-8xb64-210e_wflw-256x256.py',
    '../../../_base_/cpu.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

randomness = dict(seed=0)
train_cfg = dict(max_epochs=8, val_interval=8)
optim_wrapper = dict(optimizer=dict(lr=2e-3))
param_scheduler = [
    dict(type='LinearLR', end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=8,
        end=8,
        eta_min=1e-5,
        convert_to_iter_based=True)
]
default_hooks = dict(
    logger=dict(interval=20),
    checkpoint=dict(interval=8, save_best=None, rule=None))
custom_hooks = [*_base_.custom_hooks, *_base_.cpu_hooks]

codec = dict(type='RegressionLabel', input_size=(64, 64))

model = dict(
    backbone=dict(depth=18, base_channels=16, init_cfg=None),
    head=dict(
        in_channels=128,
        loss=dict(input_size=codec['input_size']),
        decoder=codec),
    test_cfg=dict(flip_test=False))

toy_augmentation = [
    *_base_.load_steps,
    dict(type='RandomFlip', direction='horizontal')
]
crop = dict(type='TopdownAffine', input_size=codec['input_size'])
train_pipeline = [
    *toy_augmentation, crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]

data_root = 'data/toy_faces/'
train_dataloader = dict(
    batch_size=16,
    num_workers=0,
    persistent_workers=False,
    dataset=dict(
        data_root=data_root,
        ann_file='annotations/faces_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
val_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(
        data_root=data_root,
        ann_file='annotations/faces_val.json',
        data_prefix=dict(img='images/val/'),
        pipeline=val_pipeline))
test_dataloader = val_dataloader
