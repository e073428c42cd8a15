# Heatmaps on an early stage help while training; predictions do not run them.
_base_ = ['td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(
    type='RegressionWithHeatmap',
    input_size=(64, 64),
    heatmap=dict(type='DARKHeatmap', heatmap_size=(16, 16), sigma=1))

model = dict(
    backbone=dict(out_indices=(0, 3)),  # strides 4 and 32
    neck=None,  # the head pools the last stage itself
    head=dict(
        type='RegressionWithHeatmapHead',
        auxiliary=dict(
            type='HeatmapHead',
            in_channels=16,
            out_channels=98,
            deconv_out_channels=None,
            conv_out_channels=(64, ),
            conv_kernel_sizes=(3, ),
            loss=dict(
                type='KeypointMSELoss',
                use_target_weight=True,
                loss_weight=500.)),
        decoder=codec))

train_pipeline = [
    *_base_.toy_augmentation, _base_.crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
