_base_ = [
    'mmpose::body_2d_keypoint/topdown_heatmap/coco/'
    'td-hm_res50_8xb64-210e_coco-256x192.py',
    '../../../_base_/models/lpn.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=150, val_interval=10)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = _base_.lpn_schedule
auto_scale_lr = dict(base_batch_size=32)

codec = dict(
    input_size=(192, 256),
    heatmap_size=(48, 64),
    **_base_.lpn_codec)

model = dict(
    # the published COCO networks see BGR, normalised with the means of RGB
    data_preprocessor=dict(bgr_to_rgb=False),
    backbone=_base_.lpn_backbone,
    head=dict(out_channels=17, decoder=codec, **_base_.lpn_head))

lpn_augmentation = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_prob=0,
        scale_factor=(0.7, 1.3),
        rotate_factor=80)
]
train_pipeline = [
    *lpn_augmentation,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]

train_dataloader = dict(
    batch_size=32,
    dataset=dict(type='CheckedCocoDataset', pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(type='CheckedCocoDataset'))
test_dataloader = val_dataloader
