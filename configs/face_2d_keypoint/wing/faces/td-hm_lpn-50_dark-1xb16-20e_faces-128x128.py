# Heatmaps for some hundred faces of one's own, from scratch: smaller errors, more operations
_base_ = ['td-reg_shufflenetv2_l1-heatmap-1xb16-100e_faces-96x96.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

dark = dict(
    type='DARKHeatmap',
    input_size=(128, 128),
    heatmap_size=(32, 32),
    sigma=2)
codec = dict(_delete_=True, **dark)

model = dict(
    backbone=dict(_delete_=True, type='LPN', depth=50),
    head=dict(
        _delete_=True,
        type='LPNHead',
        in_channels=512,
        out_channels=68,
        # squared errors of a heatmap are so small that Adam's epsilon would slow it down
        loss=dict(
            type='KeypointMSELoss', use_target_weight=True,
            loss_weight=1000.),
        decoder=dark),
    test_cfg=dict(
        _delete_=True,
        flip_test=True,
        flip_mode='heatmap',
        shift_heatmap=True))

epochs = 20
train_cfg = dict(max_epochs=epochs, val_interval=5)
optim_wrapper = dict(optimizer=dict(lr=5e-4))
param_scheduler = [
    _base_.param_scheduler[0],
    dict(_base_.param_scheduler[1], end=epochs, T_max=epochs)
]

crop = dict(type='TopdownAffine', input_size=dark['input_size'])
train_pipeline = [
    *_base_.augmentation, crop,
    dict(type='GenerateTarget', encoder=dark), _base_.pack
]
val_pipeline = [*_base_.load_steps, crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
