# What a mean teacher adds to the network that learned from synthetic animals
mean_teacher_model = dict(
    type='SourceTargetTopdown', consistency=dict(weight=1.0, share=0.5))
mean_teacher_hooks = [
    dict(type='MeanTeacherHook', ramp=5, report=10),
    dict(type='SyncBuffersHook')
]
mean_teacher_sampler = dict(
    _delete_=True, type='SourceTargetSampler', target_share=0.5)
# the teacher's view is mild: the crop, perhaps mirrored
mirror = dict(type='RandomFlip', direction='horizontal')
unlabelled_horses = dict(
    type='PseudoLabelDataset',
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/behaviorDiscovery2.0/',
        ann_file='annotations/horse_train.json',
        data_prefix=dict(img='')))
