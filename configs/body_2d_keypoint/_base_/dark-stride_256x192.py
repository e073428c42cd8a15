# DARK on MMPose's grid, 256 x 192
_base_ = ['../../_base_/pipelines/topdown.py']

codec_settings = dict(
    type='DARKHeatmap',
    input_size=(192, 256),
    heatmap_size=(48, 64),
    sigma=2)
codec_model = dict(
    head=dict(decoder=dict(_delete_=True, **codec_settings)))
crop = dict(input_size=codec_settings['input_size'])
target = dict(encoder=codec_settings)
