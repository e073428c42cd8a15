# LPN-50 on the toy people, small enough for a laptop: tools/demo.sh
_base_ = ['../coco/td-hm_lpn-50_b32-150e_coco-256x192.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=12, val_interval=12)
param_scheduler = [
    dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=12,
        end=12,
        eta_min=1e-5,
        convert_to_iter_based=True)
]
optim_wrapper = dict(optimizer=dict(lr=2e-3))
default_hooks = dict(
    logger=dict(interval=20), checkpoint=dict(interval=2, max_keep_ckpts=1))

codec = dict(
    type='SoftArgmaxHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    sigma=1.5,
    beta=160,
    unbiased=True)
model = dict(head=dict(decoder=dict(_delete_=True, **codec)))

train_pipeline = _base_.train_pipeline
train_pipeline[-3].input_size = codec['input_size']
train_pipeline[-2].encoder = codec
val_pipeline = _base_.val_pipeline
val_pipeline[-2].input_size = codec['input_size']

data_root = 'data/toy_people/'
train_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        ann_file='annotations/people_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        ann_file='annotations/people_val.json',
        data_prefix=dict(img='images/val/'),
        bbox_file=None,
        pipeline=val_pipeline))
test_dataloader = val_dataloader

val_evaluator = dict(ann_file=data_root + 'annotations/people_val.json')
test_evaluator = val_evaluator
