_base_ = ['td-hm_res50_dark-unit-8xb64-210e_coco-384x288.py']

model = dict(
    backbone=dict(
        depth=101, init_cfg=dict(checkpoint='torchvision://resnet101')))
train_dataloader = dict(batch_size=32)
auto_scale_lr = dict(base_batch_size=256)
