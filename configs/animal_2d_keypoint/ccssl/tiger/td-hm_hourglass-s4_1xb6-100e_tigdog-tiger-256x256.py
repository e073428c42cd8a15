# Real labels: learns from TigDog's tigers, is tested on TigDog's
_base_ = ['../horse/td-hm_hourglass-s4_1xb6-100e_tigdog-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_dataloader = dict(dataset=dict(ann_file='annotations/tiger_train.json'))
val_dataloader = dict(dataset=dict(ann_file='annotations/tiger_val.json'))
test_dataloader = dict(dataset=dict(ann_file='annotations/tiger_val.json'))
