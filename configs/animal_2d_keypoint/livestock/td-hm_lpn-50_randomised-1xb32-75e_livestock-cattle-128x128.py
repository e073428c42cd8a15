# Cattle with their labels: the upper bound of an adaptation to cattle
_base_ = ['td-hm_lpn-50_randomised-1xb32-30e_livestock-horse-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# 600 steps, as many as an adaptation has
train_cfg = dict(max_epochs=75)
param_scheduler = [_base_.warm_up, dict(_base_.cosine, T_max=75, end=75)]
train_dataloader = dict(dataset=dict(ann_file='cattle_train.json'))
test_dataloader = dict(dataset=dict(ann_file='cattle_test.json'))
