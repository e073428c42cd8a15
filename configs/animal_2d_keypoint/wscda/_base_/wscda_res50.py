# WS-CDA's parts for ResNet-50 in the place of HRNet-W32
_base_ = ['../../_base_/res50.py']

wscda_res50_model = dict(
    backbone=_base_.res50_backbone,
    head=_base_.res50_head,
    adapter=dict(channels=2048, hidden=256),
    discriminator=dict(in_channels=2048, convolutions=()))
