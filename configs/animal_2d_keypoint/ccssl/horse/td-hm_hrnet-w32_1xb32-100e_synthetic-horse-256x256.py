# Source only, with HRNet-W32: learns from synthetic horses, is tested on TigDog's
_base_ = ['td-hm_hourglass-s4_1xb6-100e_synthetic-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

optim_wrapper = dict(optimizer=dict(type='Adam', lr=5e-4))
auto_scale_lr = dict(base_batch_size=32)

codec = dict(
    type='MSRAHeatmap', input_size=(256, 256), heatmap_size=(64, 64), sigma=2)

model = dict(
    data_preprocessor=dict(std=[58.395, 57.12, 57.375]),
    backbone=dict(
        _delete_=True,
        type='HRNet',
        in_channels=3,
        extra=dict(
            stage1=dict(
                num_modules=1,
                num_branches=1,
                block='BOTTLENECK',
                num_blocks=(4, ),
                num_channels=(64, )),
            stage2=dict(
                num_modules=1,
                num_branches=2,
                block='BASIC',
                num_blocks=(4, 4),
                num_channels=(32, 64)),
            stage3=dict(
                num_modules=4,
                num_branches=3,
                block='BASIC',
                num_blocks=(4, 4, 4),
                num_channels=(32, 64, 128)),
            stage4=dict(
                num_modules=3,
                num_branches=4,
                block='BASIC',
                num_blocks=(4, 4, 4, 4),
                num_channels=(32, 64, 128, 256))),
        init_cfg=dict(
            type='Pretrained',
            checkpoint='https://download.openmmlab.com/mmpose/'
            'pretrain_models/hrnet_w32-36af842e.pth')),
    head=dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=32,
        out_channels=18,
        deconv_out_channels=None,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec))

train_steps = [
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
source_train_pipeline = [
    *_base_.source_load_steps, *_base_.strong_augmentation, *train_steps
]
target_train_pipeline = [
    *_base_.target_load_steps, *_base_.strong_augmentation, *train_steps
]
train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=source_train_pipeline))
