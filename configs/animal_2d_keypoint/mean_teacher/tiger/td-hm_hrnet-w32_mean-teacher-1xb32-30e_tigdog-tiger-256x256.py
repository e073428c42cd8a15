# Mean teacher: learns from synthetic tigers and from TigDog's without their labels
_base_ = ['../horse/td-hm_hrnet-w32_mean-teacher-1xb32-30e_tigdog-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = 'work_dirs/td-hm_hrnet-w32_1xb32-100e_synthetic-tiger-256x256/epoch_100.pth'

tigers = dict(ann_file='annotations/tiger_train.json')
train_dataloader = dict(
    dataset=dict(source=tigers, target=dict(dataset=tigers)))
val_dataloader = dict(dataset=dict(ann_file='annotations/tiger_val.json'))
test_dataloader = dict(dataset=dict(ann_file='annotations/tiger_val.json'))
