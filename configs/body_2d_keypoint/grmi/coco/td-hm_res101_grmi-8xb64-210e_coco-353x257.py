_base_ = [
    'mmpose::body_2d_keypoint/topdown_heatmap/coco/'
    'td-hm_res50_8xb64-210e_coco-256x192.py',
    '../../../_base_/pipelines/topdown.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(
    type='DiskOffsetHeatmap',
    input_size=(257, 353),
    heatmap_size=(33, 45),
    radius=25 / 8,
    use_udp=True)
model = dict(
    # atrous convolutions instead of the last two strides: a stride of 8
    backbone=dict(
        depth=101,
        strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4),
        init_cfg=dict(checkpoint='torchvision://resnet101')),
    head=dict(
        out_channels=51,
        deconv_out_channels=None,
        loss=dict(_delete_=True, type='GRMILoss'),
        decoder=dict(_delete_=True, **codec)),
    train_cfg=dict(compute_acc=False),
    test_cfg=dict(flip_mode='udp_combined', shift_heatmap=False))

crop = dict(
    type='TopdownAffine', input_size=codec['input_size'], use_udp=True)
train_pipeline = [
    *_base_.augmentation, crop,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
