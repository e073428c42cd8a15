# UDP with Gaussian heatmaps, 256 x 192
_base_ = ['../../_base_/pipelines/topdown.py']

codec_settings = dict(
    type='UDPGaussianHeatmap',
    input_size=(192, 256),
    heatmap_size=(48, 64),
    sigma=2,
    use_udp=True)
codec_model = dict(
    head=dict(decoder=dict(_delete_=True, **codec_settings)),
    test_cfg=dict(shift_heatmap=False))
crop = dict(input_size=codec_settings['input_size'], use_udp=True)
target = dict(encoder=codec_settings)
