# WS-CDA: from people, horses and a few sheep to cattle with boxes only
_base_ = [
    '../../livestock/td-hm_lpn-50_randomised-1xb32-30e_livestock-horse-128x128.py',
    '_base_/people.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

default_hooks = dict(logger=dict(interval=10))
model = dict(
    type='SourceTargetTopdown',
    target_weight=1,
    adapter=dict(channels=512, hidden=128),
    # the pose weight takes the place of the base's factor
    head=dict(loss=dict(loss_weight=1.)),
    discriminator=dict(in_channels=512, pose_weight=500))

people = dict(
    type='CombinedDataset',
    metainfo=_base_.livestock,
    datasets=[_base_.coco_people],
    pipeline=_base_.train_pipeline)
few_sheep = dict(_base_.train_dataset, ann_file='sheep_train.json', indices=30)
# its labels stay hidden: they only tell, in the log, how good pseudo-labels are
cattle = dict(_base_.train_dataset, ann_file='cattle_train.json')

train_dataloader = dict(
    sampler=dict(
        _delete_=True,
        type='SourceTargetSampler',
        batch_size=32,
        num_batches=20,
        shares=dict(source=0.25, few=0.125, human=0.375, target=0.25)),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataset,
        few=few_sheep,
        human=people,
        target=dict(
            type='PseudoLabelDataset',
            dataset=cattle,
            pipeline=_base_.train_pipeline,
            label_pipeline=_base_.test_pipeline,
            draw_all=True)))
test_dataloader = dict(dataset=dict(ann_file='cattle_test.json'))
