# What a mean teacher puts in the place of CC-SSL's rounds
mean_teacher_model = dict(consistency=dict(weight=1.0, share=0.5))
mean_teacher_hooks = [
    dict(type='MeanTeacherHook', ramp=5, report=10),
    dict(type='SyncBuffersHook'),
    dict(type='DiagnosisHook', interval=10)
]
mean_teacher_schedule = [
    dict(type='MultiStepLR', end=30, milestones=[20], gamma=0.1)
]
# the teacher's view is mild: the crop, perhaps mirrored
mirror = dict(type='RandomFlip', direction='horizontal')
