_base_ = ['td-reg_res50_pixelwing-8xb64-210e_wflw-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(type='RegressionLabel', input_size=(128, 128))

model = dict(
    backbone=dict(
        _delete_=True,
        type='MobileNetV2',
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://mobilenet_v2')),
    head=dict(
        in_channels=1280,
        loss=dict(input_size=codec['input_size']),
        decoder=codec))

crop = dict(type='TopdownAffine', input_size=codec['input_size'])
train_pipeline = [
    *_base_.augmentation, crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
