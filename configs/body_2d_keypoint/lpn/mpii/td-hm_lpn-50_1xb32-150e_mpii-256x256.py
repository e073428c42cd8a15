_base_ = [
    'mmpose::body_2d_keypoint/topdown_heatmap/mpii/'
    'td-hm_res50_8xb64-210e_mpii-256x256.py',
    '../../../_base_/models/lpn.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=150, val_interval=10)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = _base_.lpn_schedule
auto_scale_lr = dict(base_batch_size=32)

codec = dict(
    input_size=(256, 256),
    heatmap_size=(64, 64),
    **_base_.lpn_codec)

model = dict(
    backbone=_base_.lpn_backbone,
    head=dict(out_channels=16, decoder=codec, **_base_.lpn_head))

train_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_prob=0,
        scale_factor=(0.75, 1.25),
        rotate_factor=60),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=train_pipeline))
