# Source only, with LPN-50: learns from synthetic horses, is tested on TigDog's
_base_ = [
    'td-hm_hourglass-s4_1xb6-100e_synthetic-horse-256x256.py',
    '../../../_base_/models/lpn.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

optim_wrapper = dict(optimizer=dict(type='Adam', lr=1e-3))
auto_scale_lr = dict(base_batch_size=32)

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(256, 256),
    heatmap_size=(64, 64),
    sigma=2,
    beta=160)

model = dict(
    data_preprocessor=dict(std=[58.395, 57.12, 57.375]),
    backbone=_base_.lpn_backbone,
    head=dict(out_channels=18, decoder=codec, **_base_.lpn_head))

train_steps = [
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
source_train_pipeline = [
    *_base_.source_load_steps, *_base_.strong_augmentation, *train_steps
]
target_train_pipeline = [
    *_base_.target_load_steps, *_base_.strong_augmentation, *train_steps
]
train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=source_train_pipeline))
