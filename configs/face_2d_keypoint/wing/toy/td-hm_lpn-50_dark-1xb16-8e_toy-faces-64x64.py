# Heatmaps instead of coordinates, with the data and the steps of the others here
_base_ = ['td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(
    type='DARKHeatmap', input_size=(64, 64), heatmap_size=(16, 16), sigma=1)

model = dict(
    backbone=dict(_delete_=True, type='LPN', depth=50),
    neck=None,
    head=dict(
        _delete_=True,
        type='LPNHead',
        in_channels=512,
        out_channels=98,
        # squared errors of a heatmap are so small that Adam's epsilon would slow it down
        loss=dict(
            type='KeypointMSELoss', use_target_weight=True,
            loss_weight=1000.),
        decoder=codec))

train_pipeline = [
    *_base_.toy_augmentation, _base_.crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
