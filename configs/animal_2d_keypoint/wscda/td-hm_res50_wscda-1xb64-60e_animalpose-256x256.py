# WS-CDA with ResNet-50: from people and four species to cows with boxes only
_base_ = [
    'mmpose::animal_2d_keypoint/topdown_heatmap/animalpose/'
    'td-hm_res50_8xb64-210e_animalpose-256x256.py', '_base_/wscda.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# trained on people; the last layer has other keypoints and begins anew
load_from = ('https://download.openmmlab.com/mmpose/v1/body_2d_keypoint/'
             'topdown_heatmap/coco/td-hm_res50_8xb64-210e_coco-256x192-'
             '04af38ce_20220923.pth')

train_cfg = dict(max_epochs=60)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
auto_scale_lr = dict(base_batch_size=64)
param_scheduler = [
    dict(
        type='LinearLR', begin=0, end=500, start_factor=0.001, by_epoch=False),
    dict(type='MultiStepLR', end=60, milestones=[40, 55], gamma=0.1)
]
# no label of a cow influences the choice of a checkpoint
default_hooks = dict(checkpoint=dict(save_best=None, max_keep_ckpts=2))
val_cfg = None
val_dataloader = None
val_evaluator = None

model = dict(
    type='SourceTargetTopdown',
    target_weight=1,
    adapter=dict(channels=2048, hidden=256),
    discriminator=dict(
        in_channels=2048,
        pose_weight=500))

train_dataloader = dict(
    batch_size=64,
    sampler=dict(
        _delete_=True,
        type='SourceTargetSampler',
        batch_size=64,
        shares=_base_.wscda_shares),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=dict(
            pipeline=_base_.train_pipeline, **_base_.labelled_animals),
        human=dict(pipeline=_base_.train_pipeline, **_base_.labelled_people),
        target=dict(
            type='PseudoLabelDataset',
            dataset=_base_.boxes_of_cows,
            pipeline=_base_.train_pipeline,
            label_pipeline=_base_.val_pipeline,
            draw_all=True)))
test_dataloader = dict(
    dataset=dict(
        ann_file='annotations/cow.json',
        data_prefix=dict(img='images/')))
test_evaluator = dict(ann_file='data/animalpose/annotations/cow.json')
