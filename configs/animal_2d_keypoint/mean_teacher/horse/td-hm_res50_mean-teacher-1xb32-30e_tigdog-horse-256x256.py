# Mean teacher: learns from synthetic horses and from TigDog's without their labels
_base_ = [
    'td-hm_res50_1xb32-100e_synthetic-horse-256x256.py',
    '../_base_/mean_teacher.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = 'work_dirs/td-hm_res50_1xb32-100e_synthetic-horse-256x256/epoch_100.pth'

train_cfg = dict(max_epochs=30)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
param_scheduler = [
    dict(type='MultiStepLR', end=30, milestones=[20], gamma=0.1)
]

model = _base_.mean_teacher_model
custom_hooks = _base_.mean_teacher_hooks

train_dataloader = dict(
    sampler=dict(batch_size=32, **_base_.mean_teacher_sampler),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataloader.dataset,
        target=dict(
            pipeline=_base_.target_train_pipeline,
            label_pipeline=_base_.target_val_pipeline,
            teacher_pipeline=[
                *_base_.target_load_steps, _base_.mirror, *_base_.val_steps
            ],
            **_base_.unlabelled_horses)))
