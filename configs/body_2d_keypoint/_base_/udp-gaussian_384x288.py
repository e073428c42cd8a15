# UDP with Gaussian heatmaps, 384 x 288
_base_ = ['udp-gaussian_256x192.py']

codec_settings = dict(
    input_size=(288, 384), heatmap_size=(72, 96), sigma=3)
codec_model = dict(head=dict(decoder=codec_settings))
crop = dict(input_size=codec_settings['input_size'])
target = dict(encoder=codec_settings)
