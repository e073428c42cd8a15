# A backbone for real four-legged animals that has seen drawn ones only
_base_ = ['../../_base_/lpn-50_128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=20)
param_scheduler = [
    dict(_base_.warm_up, end=100),
    dict(_base_.cosine, T_max=20, end=20)
]

train_pipeline = [
    *_base_.load_steps, *_base_.geometry, _base_.crop,
    *_base_.strong_appearance, _base_.target, _base_.pack
]
train_dataloader = dict(
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals_pretraining/',
        ann_file='annotations/animals_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
test_dataloader = dict(
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals_pretraining/',
        ann_file='annotations/animals_val.json',
        data_prefix=dict(img='images/val/'),
        test_mode=True,
        pipeline=_base_.test_pipeline))
