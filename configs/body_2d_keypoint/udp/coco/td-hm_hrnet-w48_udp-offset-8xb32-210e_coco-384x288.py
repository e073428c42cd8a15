_base_ = ['td-hm_hrnet-w48_udp-gaussian-8xb32-210e_coco-384x288.py']

codec = dict(
    type='UDPOffsetHeatmap',
    input_size=(288, 384),
    heatmap_size=(72, 96),
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
