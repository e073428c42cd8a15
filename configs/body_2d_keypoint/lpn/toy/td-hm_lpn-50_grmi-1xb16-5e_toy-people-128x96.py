_base_ = ['td-hm_lpn-50_udp-gaussian-1xb16-5e_toy-people-128x96.py']

codec = dict(
    type='DiskOffsetHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    radius=2.5,
    use_udp=True)
model = dict(
    head=dict(
        out_channels=51,
        loss=dict(_delete_=True, type='GRMILoss'),
        decoder=dict(_delete_=True, **codec)),
    train_cfg=dict(compute_acc=False),
    test_cfg=dict(flip_mode='udp_combined'))
train_pipeline = [
    *_base_.toy_augmentation, _base_.crop,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
