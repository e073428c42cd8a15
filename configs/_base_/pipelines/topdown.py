# The first steps of MMPose's top-down pipelines; the steps after them depend on the codec
load_steps = [dict(type='LoadImage'), dict(type='GetBBoxCenterScale')]
augmentation = [
    *load_steps,
    dict(type='RandomFlip', direction='horizontal'),
    dict(type='RandomHalfBody'),
    dict(type='RandomBBoxTransform')
]
