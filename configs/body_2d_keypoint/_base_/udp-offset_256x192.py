# UDP with offset maps, 256 x 192
_base_ = ['../../_base_/pipelines/topdown.py']

codec_settings = dict(
    type='UDPOffsetHeatmap',
    input_size=(192, 256),
    heatmap_size=(48, 64),
    radius=4,
    use_udp=True)
codec_model = dict(
    head=dict(
        out_channels=51,
        loss=dict(_delete_=True, type='UDPOffsetLoss'),
        decoder=dict(_delete_=True, **codec_settings)),
    train_cfg=dict(compute_acc=False),
    test_cfg=dict(flip_mode='udp_combined', shift_heatmap=False))
crop = dict(input_size=codec_settings['input_size'], use_udp=True)
target = dict(encoder=codec_settings)
