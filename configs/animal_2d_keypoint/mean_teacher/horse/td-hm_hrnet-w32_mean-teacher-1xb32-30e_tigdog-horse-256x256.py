# Mean teacher: learns from synthetic horses and from TigDog's without their labels
_base_ = [
    '../../ccssl/horse/td-hm_hrnet-w32_ccssl-1xb32-60e_tigdog-horse-256x256.py',
    '../_base_/mean_teacher.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_cfg = dict(max_epochs=30)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
param_scheduler = _base_.mean_teacher_schedule

model = _base_.mean_teacher_model
custom_hooks = _base_.mean_teacher_hooks

train_dataloader = dict(
    dataset=dict(
        target=dict(teacher_pipeline=[
            *_base_.target_load_steps, _base_.mirror, *_base_.val_steps
        ])))
