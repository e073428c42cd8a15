# Horses, from a backbone that was pretrained on toy animals; the head is new
_base_ = ['td-hm_lpn-50_randomised-1xb32-30e_livestock-horse-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(
    backbone=dict(
        init_cfg=dict(
            type='Pretrained',
            prefix='backbone.',
            checkpoint='work_dirs/'
            'td-hm_lpn-50_randomised-1xb32-20e_toy-animals-128x128/epoch_20.pth')))
