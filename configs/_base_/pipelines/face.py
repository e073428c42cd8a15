# The steps of MMPose's pipelines for faces
_base_ = ['topdown.py']

augmentation = [
    *_base_.load_steps,
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        scale_factor=[0.75, 1.25],
        rotate_factor=60)
]
