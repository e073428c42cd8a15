_base_ = ['td-hm_lpn-50_1xb32-150e_coco-256x192.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(backbone=dict(depth=101))
