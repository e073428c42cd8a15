# WS-CDA from people, horses and a few sheep to cattle with boxes only, with the
# small network of the toy data, which one core trains in minutes
_base_ = [
    '../toy/td-hm_res18-half_wscda-1xb24-9e_toy-species-64x64.py',
    '../../livestock/_base_/livestock.py', '_base_/people.py',
    '../../../_base_/pipelines/strong_appearance.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_pipeline = [
    *_base_.load_steps,
    dict(type='RandomFlip', direction='horizontal'), _base_.geometry,
    _base_.crop, *_base_.strong_appearance,
    dict(_base_.target, encoder=_base_.codec), _base_.pack
]
horses = dict(
    type='CheckedCocoDataset',
    metainfo=_base_.livestock,
    data_root='data/livestock/',
    ann_file='horse_train.json',
    pipeline=train_pipeline)
cattle = dict(horses, ann_file='cattle_train.json')
people = dict(
    type='CombinedDataset',
    metainfo=_base_.livestock,
    datasets=[_base_.coco_people],
    pipeline=train_pipeline)

train_dataloader = dict(
    sampler=dict(
        shares=dict(
            _delete_=True, source=0.25, few=0.125, human=0.375, target=0.25)),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=horses,
        few=dict(horses, ann_file='sheep_train.json', indices=30),
        human=people,
        target=dict(
            type='PseudoLabelDataset',
            dataset=cattle,
            pipeline=train_pipeline,
            label_pipeline=_base_.test_pipeline,
            draw_all=True)))
test_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CheckedCocoDataset',
        metainfo=_base_.livestock,
        data_root='data/livestock/',
        ann_file='cattle_test.json',
        test_mode=True,
        pipeline=_base_.test_pipeline))
test_evaluator = dict(
    _delete_=True,
    type='AnimalPCK',
    threshold=(0.05, 0.1),
    heatmap_size=(64, 64))
