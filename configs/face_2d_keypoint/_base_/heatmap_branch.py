# Heatmaps on an early stage help while training; predictions do not run them. A config gives
# the codec its input_size, and the branch in_channels and conv_out_channels
branch_codec = dict(
    type='RegressionWithHeatmap',
    heatmap=dict(type='DARKHeatmap', heatmap_size=(16, 16), sigma=1))
branch = dict(
    type='HeatmapHead',
    out_channels=98,
    deconv_out_channels=None,
    conv_kernel_sizes=(3, ),
    loss=dict(
        type='KeypointMSELoss', use_target_weight=True, loss_weight=500.))
