# Overfits the network of the toy people to four images of COCO, to check the whole chain.
_base_ = ['../toy/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=60, val_interval=60)
param_scheduler = [
    dict(type='LinearLR', end=5, start_factor=0.1),
    dict(type='CosineAnnealingLR', T_max=33, begin=27, end=60)
]
default_hooks = dict(
    logger=dict(interval=2), checkpoint=dict(interval=60, max_keep_ckpts=1))

# learned without augmentation, so tested without a flip
model = dict(test_cfg=dict(flip_test=False))
train_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'), _base_.crop,
    dict(type='GenerateTarget', encoder=_base_.model.head.decoder),
    dict(type='PackPoseInputs')
]

data_root = 'data/coco_sample/'
# twelve of the fourteen people have visible keypoints: two equal batches, since
# BatchNorm's statistics suffer from a small last one
train_dataloader = dict(
    batch_size=6,
    dataset=dict(
        data_root=data_root,
        ann_file='test_coco.json',
        data_prefix=dict(img=''),
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        ann_file='test_coco.json',
        data_prefix=dict(img='')))
test_dataloader = val_dataloader
val_evaluator = dict(ann_file=data_root + 'test_coco.json')
test_evaluator = val_evaluator
