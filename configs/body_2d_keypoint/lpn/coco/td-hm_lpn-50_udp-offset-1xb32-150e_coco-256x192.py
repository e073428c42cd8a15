_base_ = ['td-hm_lpn-50_dark-unit-1xb32-150e_coco-256x192.py']

codec = dict(
    type='UDPOffsetHeatmap',
    input_size=(192, 256),
    heatmap_size=(48, 64),
    radius=4,
    use_udp=True)
model = dict(
    head=dict(
        out_channels=51,
        loss=dict(_delete_=True, type='UDPOffsetLoss'),
        decoder=dict(_delete_=True, **codec)),
    train_cfg=dict(compute_acc=False),
    test_cfg=dict(flip_mode='udp_combined'))
train_pipeline = _base_.train_pipeline
train_pipeline[-2].encoder = codec
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
