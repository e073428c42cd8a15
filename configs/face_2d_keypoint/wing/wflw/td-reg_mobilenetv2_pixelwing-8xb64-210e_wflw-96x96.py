_base_ = ['td-reg_mobilenetv2_pixelwing-8xb64-210e_wflw-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(type='RegressionLabel', input_size=(96, 96))

model = dict(
    head=dict(loss=dict(input_size=codec['input_size']), decoder=codec))

crop = dict(type='TopdownAffine', input_size=codec['input_size'])
train_pipeline = [
    *_base_.augmentation, crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
