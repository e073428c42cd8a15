# With a branch of heatmaps while training
_base_ = [
    'td-reg_shufflenetv2_pixelwing-8xb64-210e_wflw-96x96.py',
    '../../_base_/heatmap_branch.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(_base_.branch_codec, input_size=(96, 96))
codec.update(heatmap=dict(codec['heatmap'], heatmap_size=(12, 12)))

model = dict(
    backbone=dict(out_indices=(0, 3)),  # strides 8 and 32
    neck=None,  # the head pools the last stage itself
    head=dict(
        type='RegressionWithHeatmapHead',
        auxiliary=dict(
            in_channels=116, conv_out_channels=(128, ), **_base_.branch),
        decoder=codec))

train_pipeline = [
    *_base_.augmentation, _base_.crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
