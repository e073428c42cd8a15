# Source only, on toy animals: learns from synthetic images, is tested on videos
_base_ = ['../../_base_/lpn-50_128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=40)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
param_scheduler = [_base_.warm_up, dict(_base_.cosine, T_max=40, end=40)]

# half the channels, so that one core trains it in minutes
model = dict(
    backbone=dict(stem_channels=32, base_channels=32),
    head=dict(in_channels=256, deconv_out_channels=(128, 128)))

# all animals walk to the right: no mirror images
geometry = [
    dict(
        type='RandomBBoxTransform',
        shift_prob=0,
        scale_factor=(0.85, 1.2),
        rotate_factor=25,
        rotate_prob=0.5)
]
appearance = dict(
    type='RandomAppearance', noise=0.03, blur=1.5, contrast=1.5, colour=0.1)
train_pipeline = [
    *_base_.load_steps, *geometry, _base_.crop, appearance, _base_.target,
    _base_.pack
]

train_dataloader = dict(
    batch_size=8,
    num_workers=0,
    persistent_workers=False,
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals/synthetic/',
        ann_file='annotations/animals_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
test_dataloader = dict(
    num_workers=0,
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/toy_animals/real/',
        ann_file='annotations/animals_val.json',
        data_prefix=dict(img='images/val/'),
        test_mode=True,
        pipeline=_base_.test_pipeline))
test_evaluator = dict(threshold=0.05)
