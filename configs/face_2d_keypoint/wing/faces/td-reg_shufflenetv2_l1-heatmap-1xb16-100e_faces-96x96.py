# A small network for some hundred faces of one's own, from scratch, on a CPU, with a branch of
# heatmaps while training
_base_ = [
    '../300w/td-reg_shufflenetv2_pixelwing-heatmap-8xb64-210e_300w-96x96.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(
    backbone=dict(init_cfg=None),
    # the gradient of L1 is that for which the branch's weight was chosen
    head=dict(loss=dict(_delete_=True, type='L1Loss', use_target_weight=True)))

epochs = 100
train_cfg = dict(max_epochs=epochs)
optim_wrapper = dict(optimizer=dict(lr=2e-3))
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=epochs,
        T_max=epochs,
        eta_min=0,
        convert_to_iter_based=True)
]
auto_scale_lr = dict(base_batch_size=16)
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='mmpose.ChannelsLastHook')
]

# any COCO files of 68 landmarks and one box a face
faces = dict(
    _delete_=True,
    type='CheckedCocoDataset',
    data_root='data/faces/',
    data_prefix=dict(img=''),
    metainfo=dict(from_file='configs/_base_/datasets/300w.py'))
train_dataloader = dict(
    batch_size=16,
    dataset=dict(
        faces, ann_file='train.json', pipeline=_base_.train_pipeline))
val_dataloader = dict(
    dataset=dict(
        faces,
        ann_file='test.json',
        pipeline=_base_.val_pipeline,
        test_mode=True,
        # only COCO's metric needs areas
        check_tolerate=['area']))
test_dataloader = val_dataloader
