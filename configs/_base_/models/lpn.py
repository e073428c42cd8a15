# LPN-50, the codec and the schedule of its authors. A config gives the codec its sizes, and
# the head out_channels and the codec
lpn_codec = dict(
    type='SoftArgmaxHeatmap',
    sigma=2,
    beta=160,
    shift=True)  # as the published test script does
lpn_backbone = dict(_delete_=True, type='LPN', depth=50)
lpn_head = dict(
    _delete_=True,
    type='LPNHead',
    in_channels=512,
    loss=dict(type='KeypointMSELoss', use_target_weight=True))
lpn_schedule = [
    dict(type='MultiStepLR', end=150, milestones=[90, 120], gamma=0.1)
]
