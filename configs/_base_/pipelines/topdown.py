# The steps of MMPose's top-down pipelines. A config or a base of a codec gives crop its
# input_size and target its encoder, and lists the steps in their order.
load_steps = [dict(type='LoadImage'), dict(type='GetBBoxCenterScale')]
augmentation = [
    *load_steps,
    dict(type='RandomFlip', direction='horizontal'),
    dict(type='RandomHalfBody'),
    dict(type='RandomBBoxTransform')
]
crop = dict(type='TopdownAffine')
target = dict(type='GenerateTarget')
pack = dict(type='PackPoseInputs')
