# WS-CDA: from people, horses and a few sheep to cattle with boxes only
_base_ = [
    '../../livestock/td-hm_lpn-50_randomised-1xb32-30e_livestock-horse-128x128.py'
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

# the joints with the same name: nose and mouth, eye, ear; shoulder, elbow and
# wrist; hip, knee and ankle (hock). Only the lower legs have sides here, so the
# joints above them are those of the person's left side
person_to_livestock = [(0, 0), (1, 1), (3, 2), (5, 4), (7, 8), (9, 9),
                       (10, 11), (11, 6), (13, 13), (15, 14), (16, 16)]
people = dict(
    type='CombinedDataset',
    metainfo=_base_.livestock,
    datasets=[
        dict(
            type='CocoDataset',
            data_root='data/coco/',
            ann_file='annotations/person_keypoints_train2017.json',
            data_prefix=dict(img='train2017/'),
            pipeline=[
                dict(
                    type='KeypointConverter',
                    num_keypoints=18,
                    mapping=person_to_livestock)
            ])
    ],
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
