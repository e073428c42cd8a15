# Horses whose light, colours, textures and surroundings change at random
_base_ = ['td-hm_lpn-50_1xb32-30e_livestock-horse-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_pipeline = [
    *_base_.load_steps, *_base_.geometry, _base_.crop,
    *_base_.strong_appearance, _base_.target, _base_.pack
]
train_dataset = dict(_base_.train_dataset, pipeline=train_pipeline)
train_dataloader = dict(dataset=train_dataset)
