# Source only, with ResNet-50: learns from synthetic horses, is tested on TigDog's
_base_ = ['../../ccssl/horse/td-hm_hrnet-w32_1xb32-100e_synthetic-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet',
        depth=50,
        init_cfg=dict(
            type='Pretrained', checkpoint='torchvision://resnet50')),
    head=dict(in_channels=2048, deconv_out_channels=(256, 256, 256)))
