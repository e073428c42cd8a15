# Mean teacher, on toy animals: synthetic images, and videos without their labels
_base_ = [
    '../../ccssl/toy/'
    'td-hm_lpn-50-half_ccssl-1xb16-9e_toy-animals-128x128.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(consistency=dict(weight=1.0, share=0.5))
custom_hooks = [
    *_base_.cpu_hooks,
    # 60 iterations an epoch
    dict(type='MeanTeacherHook', ramp=2, report=3),
    dict(type='SyncBuffersHook')
]
# the teacher sees the crop as it is; the student's view is train_pipeline's
train_dataloader = dict(
    dataset=dict(
        target=dict(teacher_pipeline=[
            *_base_.load_steps, _base_.crop, _base_.pack
        ])))
