# CC-SSL: learns from synthetic horses and from TigDog's without their labels
_base_ = ['td-hm_lpn-50_1xb32-100e_synthetic-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = 'work_dirs/td-hm_lpn-50_1xb32-100e_synthetic-horse-256x256/epoch_100.pth'

train_cfg = dict(max_epochs=60)
param_scheduler = None

model = dict(type='SourceTargetTopdown', target_weight=10)

custom_hooks = [dict(type='CCSSLHook', interval=10)]

train_dataloader = dict(
    sampler=dict(
        _delete_=True,
        type='SourceTargetSampler',
        batch_size=32,
        target_share=0.5),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataloader.dataset,
        target=dict(
            type='PseudoLabelDataset',
            dataset=dict(
                type='CCSSLAnimalDataset',
                data_root='data/behaviorDiscovery2.0/',
                ann_file='annotations/horse_train.json',
                data_prefix=dict(img='')),
            pipeline=_base_.target_train_pipeline,
            label_pipeline=_base_.target_val_pipeline)))
