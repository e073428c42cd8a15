# UDP with offset maps, 384 x 288
_base_ = ['../../_base_/pipelines/topdown.py']

codec_settings = dict(
    type='UDPOffsetHeatmap',
    input_size=(288, 384),
    heatmap_size=(72, 96),
    radius=4,
    use_udp=True)
codec_model = dict(
    head=dict(
        out_channels=51,
        loss=dict(_delete_=True, type='UDPOffsetLoss'),
        decoder=dict(_delete_=True, **codec_settings)),
    train_cfg=dict(compute_acc=False),
    test_cfg=dict(flip_mode='udp_combined', shift_heatmap=False))
crop = dict(
    type='TopdownAffine', input_size=codec_settings['input_size'], use_udp=True)
train_steps = [
    crop,
    dict(type='GenerateTarget', encoder=codec_settings),
    dict(type='PackPoseInputs')
]
val_steps = [crop, dict(type='PackPoseInputs')]
