_base_ = ['td-hm_res50_dark-unit-8xb64-210e_coco-128x96.py']

model = dict(
    backbone=dict(
        depth=101, init_cfg=dict(checkpoint='torchvision://resnet101')))
