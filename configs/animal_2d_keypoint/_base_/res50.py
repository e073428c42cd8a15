# Simple Baseline's network in the place of HRNet-W32
res50_backbone = dict(
    _delete_=True,
    type='ResNet',
    depth=50,
    init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'))
res50_head = dict(in_channels=2048, deconv_out_channels=(256, 256, 256))
