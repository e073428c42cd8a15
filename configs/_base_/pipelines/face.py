# The first steps of MMPose's pipelines for faces; the steps after them depend on the codec
load_steps = [dict(type='LoadImage'), dict(type='GetBBoxCenterScale')]
augmentation = [
    *load_steps,
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        scale_factor=[0.75, 1.25],
        rotate_factor=60)
]
