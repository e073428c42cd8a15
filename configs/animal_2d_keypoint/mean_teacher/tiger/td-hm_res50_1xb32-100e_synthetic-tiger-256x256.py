# Source only, with ResNet-50: learns from synthetic tigers, is tested on TigDog's
_base_ = ['../horse/td-hm_res50_1xb32-100e_synthetic-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_dataloader = dict(dataset=dict(ann_file='annotations/tiger_train.json'))
val_dataloader = dict(dataset=dict(ann_file='annotations/tiger_val.json'))
test_dataloader = dict(dataset=dict(ann_file='annotations/tiger_val.json'))
