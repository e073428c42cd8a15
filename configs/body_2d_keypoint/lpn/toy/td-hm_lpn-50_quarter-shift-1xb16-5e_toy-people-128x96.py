_base_ = ['td-hm_lpn-50_1xb16-5e_toy-people-128x96.py']

codec = dict(
    type='QuarterShiftHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    sigma=1.5)
model = dict(head=dict(decoder=dict(_delete_=True, **codec)))
train_pipeline = [
    *_base_.toy_augmentation, _base_.crop,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
