_base_ = ['td-hm_lpn-50_1xb16-5e_toy-people-128x96.py']

codec = dict(
    type='UDPGaussianHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    sigma=1.5,
    use_udp=True)
model = dict(
    head=dict(decoder=dict(_delete_=True, **codec)),
    test_cfg=dict(shift_heatmap=False))
crop = dict(
    type='TopdownAffine', input_size=codec['input_size'], use_udp=True)
train_pipeline = [
    *_base_.toy_augmentation, crop,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
val_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'), crop,
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
