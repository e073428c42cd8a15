# Real labels, on toy animals: learns from the labels of the videos
_base_ = ['td-hm_lpn-50-half_source-1xb8-40e_toy-animals-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=15)
param_scheduler = [
    _base_.warm_up,
    dict(_base_.cosine, T_max=15, end=15)
]
train_dataloader = dict(dataset=dict(data_root='data/toy_animals/real/'))
