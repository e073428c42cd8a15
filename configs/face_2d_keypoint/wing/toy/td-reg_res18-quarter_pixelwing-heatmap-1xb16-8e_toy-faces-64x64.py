# With a branch of heatmaps while training
_base_ = [
    'td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py',
    '../../_base_/heatmap_branch.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(input_size=(64, 64), **_base_.branch_codec)

model = dict(
    backbone=dict(out_indices=(0, 3)),  # strides 4 and 32
    neck=None,  # the head pools the last stage itself
    head=dict(
        type='RegressionWithHeatmapHead',
        auxiliary=dict(
            in_channels=16, conv_out_channels=(64, ), **_base_.branch),
        decoder=codec))

train_pipeline = [
    *_base_.toy_augmentation, _base_.crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
