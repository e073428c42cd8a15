# What CC-SSL adds to the network that learned from synthetic animals
ccssl_model = dict(type='SourceTargetTopdown', target_weight=10)
ccssl_hooks = [
    dict(type='CCSSLHook', interval=10),
    dict(type='SyncBuffersHook'),
    dict(type='DiagnosisHook', interval=10)
]
ccssl_sampler = dict(
    _delete_=True, type='SourceTargetSampler', target_share=0.5)
unlabelled_horses = dict(
    type='PseudoLabelDataset',
    dataset=dict(
        type='CCSSLAnimalDataset',
        data_root='data/behaviorDiscovery2.0/',
        ann_file='annotations/horse_train.json',
        data_prefix=dict(img='')))
