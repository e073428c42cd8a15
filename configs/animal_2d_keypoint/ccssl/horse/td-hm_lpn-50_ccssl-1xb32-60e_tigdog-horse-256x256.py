# CC-SSL: learns from synthetic horses and from TigDog's without their labels
_base_ = [
    'td-hm_lpn-50_1xb32-100e_synthetic-horse-256x256.py',
    '../_base_/ccssl.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = 'work_dirs/td-hm_lpn-50_1xb32-100e_synthetic-horse-256x256/epoch_100.pth'

train_cfg = dict(max_epochs=60)
param_scheduler = None

model = _base_.ccssl_model
custom_hooks = _base_.ccssl_hooks

train_dataloader = dict(
    sampler=dict(batch_size=32, **_base_.ccssl_sampler),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataloader.dataset,
        target=dict(
            pipeline=_base_.target_train_pipeline,
            label_pipeline=_base_.target_val_pipeline,
            **_base_.unlabelled_horses)))
