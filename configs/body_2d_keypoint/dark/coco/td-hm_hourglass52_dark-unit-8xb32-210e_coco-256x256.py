_base_ = [
    'mmpose::body_2d_keypoint/topdown_heatmap/coco/'
    'td-hm_hourglass52_8xb32-210e_coco-256x256.py',
    '../../_base_/dark-unit_256x256.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(_delete_=True, **_base_.codec_settings)
model = _base_.codec_model
train_pipeline = [
    *_base_.augmentation, _base_.crop, _base_.target, _base_.pack
]
val_pipeline = [*_base_.load_steps, _base_.crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
