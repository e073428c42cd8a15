# CC-SSL, on toy animals: synthetic images, and videos without their labels
_base_ = ['td-hm_lpn-50-half_source-1xb8-40e_toy-animals-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# the source model
load_from = ('work_dirs/td-hm_lpn-50-half_source-1xb8-40e_toy-animals-128x128/'
             'epoch_40.pth')

train_cfg = dict(max_epochs=9)
optim_wrapper = dict(optimizer=dict(lr=5e-4))
param_scheduler = [
    _base_.warm_up,
    dict(_base_.cosine, T_max=9, end=9)
]

model = dict(type='SourceTargetTopdown', target_weight=2)

custom_hooks = [
    *_base_.cpu_hooks,
    dict(
        type='CCSSLHook',
        interval=3,
        num_workers=0,
        views=dict(
            count=3,
            scale_std=0.12,
            scale_limit=0.15,
            rotation_std=12,
            rotation_limit=25),
        curriculum=dict(schedule='linear', first=0.9, last=0.4, epochs=6)),
    dict(type='SyncBuffersHook')
]

train_dataloader = dict(
    batch_size=16,
    sampler=dict(
        _delete_=True,
        type='SourceTargetSampler',
        batch_size=16,
        num_batches=60),
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataloader.dataset,
        target=dict(
            type='PseudoLabelDataset',
            dataset=dict(
                type='CCSSLAnimalDataset',
                data_root='data/toy_animals/real/',
                ann_file='annotations/animals_train.json',
                data_prefix=dict(img='images/train/')),
            pipeline=_base_.train_pipeline,
            label_pipeline=_base_.test_pipeline)))
