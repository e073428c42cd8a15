# Horses in a stable, with their labels
_base_ = ['../_base_/lpn-50_128x128.py', '_base_/livestock.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=30)
param_scheduler = [_base_.warm_up, dict(_base_.cosine, T_max=30, end=30)]
# an epoch has 17 iterations
default_hooks = dict(logger=dict(interval=8))

model = dict(
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=True))

appearance = dict(
    type='RandomAppearance', noise=0.05, blur=1.5, contrast=2, colour=0.1)
train_pipeline = [
    *_base_.load_steps, *_base_.geometry, _base_.crop, appearance,
    _base_.target, _base_.pack
]
train_dataset = dict(
    type='CheckedCocoDataset',
    metainfo=_base_.livestock,
    data_root='data/livestock/',
    ann_file='horse_train.json',
    pipeline=train_pipeline)
train_dataloader = dict(dataset=train_dataset)
test_dataloader = dict(
    dataset=dict(
        type='CheckedCocoDataset',
        metainfo=_base_.livestock,
        data_root='data/livestock/',
        ann_file='horse_test.json',
        test_mode=True,
        pipeline=_base_.test_pipeline))
