# CC-SSL: learns from horses with labels and from cattle without
_base_ = ['td-hm_lpn-50_randomised-1xb32-30e_livestock-horse-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = ('work_dirs/'
             'td-hm_lpn-50_randomised-1xb32-30e_livestock-horse-128x128/'
             'epoch_30.pth')

optim_wrapper = dict(optimizer=dict(lr=5e-4))

model = dict(type='SourceTargetTopdown', target_weight=2)
custom_hooks = [
    *_base_.cpu_hooks,
    dict(
        type='CCSSLHook',
        interval=5,
        curriculum=dict(schedule='linear', first=0.8, last=0.4, epochs=25)),
    dict(type='SyncBuffersHook'),
    dict(type='DiagnosisHook', interval=15)
]

# its labels stay hidden: they only tell, in the log, how good the pseudo-labels are
cattle = dict(_base_.train_dataset, ann_file='cattle_train.json')
train_dataloader = dict(
    sampler=dict(
        _delete_=True,
        type='SourceTargetSampler',
        batch_size=32,
        num_batches=20),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataset,
        target=dict(
            type='PseudoLabelDataset',
            dataset=cattle,
            pipeline=_base_.train_pipeline,
            label_pipeline=_base_.test_pipeline)))
test_dataloader = dict(dataset=dict(ann_file='cattle_test.json'))
