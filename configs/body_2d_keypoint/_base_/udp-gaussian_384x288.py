# UDP with Gaussian heatmaps, 384 x 288
_base_ = ['../../_base_/pipelines/topdown.py']

codec_settings = dict(
    type='UDPGaussianHeatmap',
    input_size=(288, 384),
    heatmap_size=(72, 96),
    sigma=3,
    use_udp=True)
codec_model = dict(
    head=dict(decoder=dict(_delete_=True, **codec_settings)),
    test_cfg=dict(shift_heatmap=False))
crop = dict(
    type='TopdownAffine', input_size=codec_settings['input_size'], use_udp=True)
train_steps = [
    crop,
    dict(type='GenerateTarget', encoder=codec_settings),
    dict(type='PackPoseInputs')
]
val_steps = [crop, dict(type='PackPoseInputs')]
