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
train_pipeline = _base_.train_pipeline
train_pipeline[-3].use_udp = True
train_pipeline[-2].encoder = codec
val_pipeline = _base_.val_pipeline
val_pipeline[-2].use_udp = True
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
