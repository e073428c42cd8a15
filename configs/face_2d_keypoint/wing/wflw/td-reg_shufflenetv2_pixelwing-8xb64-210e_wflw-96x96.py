_base_ = ['td-reg_mobilenetv2_pixelwing-8xb64-210e_wflw-96x96.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(
    backbone=dict(
        _delete_=True,
        type='ShuffleNetV2',
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://shufflenet_v2')),
    head=dict(in_channels=1024))
