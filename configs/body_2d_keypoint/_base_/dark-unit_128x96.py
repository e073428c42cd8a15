# DARK on UDP's grid, 128 x 96
_base_ = ['dark-unit_256x192.py']

codec_settings = dict(
    input_size=(96, 128), heatmap_size=(24, 32), sigma=1, blur_kernel_size=3)
codec_model = dict(head=dict(decoder=codec_settings))
crop = dict(input_size=codec_settings['input_size'])
target = dict(encoder=codec_settings)
