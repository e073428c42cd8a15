# DARK on UDP's grid, 256 x 256
_base_ = ['dark-unit_256x192.py']

codec_settings = dict(input_size=(256, 256), heatmap_size=(64, 64))
codec_model = dict(head=dict(decoder=codec_settings))
crop = dict(input_size=codec_settings['input_size'])
target = dict(encoder=codec_settings)
