# Mean teacher: learns from horses with labels and from cattle without
_base_ = ['td-hm_lpn-50_ccssl-1xb32-30e_livestock-cattle-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(consistency=dict(weight=1.0, share=0.5))
custom_hooks = [
    *_base_.cpu_hooks,
    # 20 iterations an epoch
    dict(type='MeanTeacherHook', ramp=5, report=5),
    dict(type='SyncBuffersHook'),
    dict(type='DiagnosisHook', interval=15)
]
# the teacher sees the crop, perhaps mirrored; the student's view is train_pipeline's
train_dataloader = dict(
    dataset=dict(
        target=dict(teacher_pipeline=[
            *_base_.load_steps,
            dict(type='RandomFlip', direction='horizontal'), _base_.crop,
            _base_.pack
        ])))
