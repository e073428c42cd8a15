_base_ = [
    'mmpose::body_2d_keypoint/topdown_heatmap/coco/'
    'td-hm_2xmspn50_8xb32-210e_coco-256x192.py',
    '../../../_base_/pipelines/topdown.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# Maximum 1 instead of MSPN's 255, hence a tenth of its learning rate
optim_wrapper = dict(optimizer=dict(lr=5e-4))

# one Gaussian for each level, as wide as MSPN's: OpenCV's sigmas of its blur kernels
codec = [
    dict(
        type='DARKHeatmap',
        input_size=(192, 256),
        heatmap_size=(48, 64),
        sigma=0.15 * kernel_size + 0.35,
        grid='unit_length',
        use_udp=True) for kernel_size in _base_.kernel_sizes
]
model = dict(head=dict(decoder=dict(_delete_=True, **codec[-1])))
crop = dict(type='TopdownAffine', input_size=(192, 256), use_udp=True)
train_pipeline = [
    *_base_.augmentation, crop,
    dict(type='GenerateTarget', multilevel=True, encoder=codec), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
