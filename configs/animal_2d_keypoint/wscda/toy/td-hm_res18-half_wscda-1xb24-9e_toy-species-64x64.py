# WS-CDA on toy data: from people and a few animals to a species with boxes only
_base_ = [
    'mmpose::_base_/default_runtime.py', '../../../_base_/cpu.py',
    '../../../_base_/pipelines/topdown.py', '_base_/animal18.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(by_epoch=True, max_epochs=9)
optim_wrapper = dict(optimizer=dict(type='Adam', lr=2e-3))
param_scheduler = [
    dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=9,
        end=9,
        eta_min=1e-5,
        convert_to_iter_based=True)
]
default_hooks = dict(
    logger=dict(interval=10),
    checkpoint=dict(interval=7, save_best=None, max_keep_ckpts=1))
custom_hooks = [*_base_.cpu_hooks, *_base_.custom_hooks]
randomness = dict(seed=0)

codec = dict(
    type='DARKHeatmap', input_size=(64, 64), heatmap_size=(16, 16), sigma=1)
# half the channels of ResNet-18 and three of its four stages, with features
# of 8 x 8 px, so that one core trains it in minutes
model = dict(
    type='SourceTargetTopdown',
    target_weight=1,
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True),
    backbone=dict(
        type='ResNet',
        depth=18,
        stem_channels=32,
        base_channels=32,
        num_stages=3,
        strides=(1, 2, 1),
        dilations=(1, 1, 1),
        out_indices=(2, )),
    head=dict(
        type='HeatmapHead',
        in_channels=128,
        out_channels=18,
        deconv_out_channels=(64, ),
        deconv_kernel_sizes=(4, ),
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec),
    discriminator=dict(in_channels=128, hidden=64),
    test_cfg=dict(flip_test=False))

crop = dict(_base_.crop, input_size=codec['input_size'])
# all animals walk to the right: no mirror images
geometry = dict(
    type='RandomBBoxTransform',
    shift_prob=0,
    scale_factor=(0.85, 1.2),
    rotate_factor=25,
    rotate_prob=0.5)
appearance = dict(
    type='RandomAppearance', noise=0.03, contrast=1.5, colour=0.1)
train_pipeline = [
    *_base_.load_steps, geometry, crop, appearance,
    dict(_base_.target, encoder=codec), _base_.pack
]
test_pipeline = [*_base_.load_steps, crop, _base_.pack]

animals = dict(
    type='CCSSLAnimalDataset',
    data_root='data/toy_species/seen/',
    ann_file='annotations/animals_train.json',
    data_prefix=dict(img='images/train/'))
unseen = dict(animals, data_root='data/toy_species/unseen/')
people = dict(
    type='CombinedDataset',
    metainfo=_base_.animal18,
    datasets=[
        dict(
            type='CocoDataset',
            data_root='data/toy_species/people/',
            ann_file='annotations/people_train.json',
            data_prefix=dict(img='images/train/'),
            pipeline=[dict(type='PeopleAsAnimals', skeleton='animal18')])
    ])

train_dataloader = dict(
    batch_size=24,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(
        type='SourceTargetSampler',
        batch_size=24,
        num_batches=50,
        shares=dict(source=0.375, human=0.375, target=0.25)),
    dataset=dict(
        type='SourceTargetDataset',
        source=dict(animals, pipeline=train_pipeline),
        human=dict(people, pipeline=train_pipeline),
        target=dict(
            type='PseudoLabelDataset',
            dataset=unseen,
            pipeline=train_pipeline,
            label_pipeline=test_pipeline,
            draw_all=True)))
# no validation: the last epoch is tested, so that no target label takes part
val_cfg = val_dataloader = val_evaluator = None
test_dataloader = dict(
    batch_size=32,
    num_workers=0,
    persistent_workers=False,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        unseen,
        ann_file='annotations/animals_val.json',
        data_prefix=dict(img='images/val/'),
        test_mode=True,
        pipeline=test_pipeline))
test_evaluator = [
    dict(type='AnimalPCK', threshold=(0.05, 0.1), heatmap_size=(64, 64)),
    dict(type='CheckedCocoMetric')
]
