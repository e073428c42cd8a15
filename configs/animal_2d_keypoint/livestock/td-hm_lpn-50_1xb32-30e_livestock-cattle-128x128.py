# Cattle with their labels: the upper bound of an adaptation to cattle
_base_ = ['td-hm_lpn-50_1xb32-30e_livestock-horse-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_dataloader = dict(dataset=dict(ann_file='cattle_train.json'))
test_dataloader = dict(dataset=dict(ann_file='cattle_test.json'))
