# Mean teacher, with ResNet-50: learns from synthetic horses and from TigDog's without labels
_base_ = [
    'td-hm_hrnet-w32_mean-teacher-1xb32-30e_tigdog-horse-256x256.py',
    '../../_base_/res50.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = 'work_dirs/td-hm_res50_1xb32-100e_synthetic-horse-256x256/epoch_100.pth'

model = dict(backbone=_base_.res50_backbone, head=_base_.res50_head)
