_base_ = [
    'mmpose::body_2d_keypoint/topdown_heatmap/coco/'
    'td-hm_hourglass52_8xb32-210e_coco-256x256.py',
    '../../../_base_/pipelines/topdown.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(
    type='DARKHeatmap',
    input_size=(256, 256),
    heatmap_size=(64, 64),
    sigma=2,
    grid='unit_length',
    use_udp=True)
model = dict(
    head=dict(decoder=codec), test_cfg=dict(shift_heatmap=False))
crop = dict(
    type='TopdownAffine', input_size=codec['input_size'], use_udp=True)
train_pipeline = [
    *_base_.augmentation, crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
