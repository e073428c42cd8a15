# Source only, with ResNet-50: learns from synthetic tigers, is tested on TigDog's
_base_ = [
    '../../ccssl/tiger/td-hm_hrnet-w32_1xb32-100e_synthetic-tiger-256x256.py',
    '../../_base_/res50.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(backbone=_base_.res50_backbone, head=_base_.res50_head)
