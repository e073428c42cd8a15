# DARK on UDP's grid, 128 x 96
_base_ = ['../../_base_/pipelines/topdown.py']

codec_settings = dict(
    type='DARKHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    sigma=1,
    blur_kernel_size=3,
    grid='unit_length',
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
