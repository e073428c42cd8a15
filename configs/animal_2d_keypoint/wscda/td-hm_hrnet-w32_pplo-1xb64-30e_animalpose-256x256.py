# PPLO with HRNet-W32: labels cows by the network that WS-CDA trained
_base_ = ['td-hm_hrnet-w32_wscda-1xb64-60e_animalpose-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

load_from = ('work_dirs/td-hm_hrnet-w32_wscda-1xb64-60e_animalpose-256x256/'
             'epoch_60.pth')

train_cfg = dict(max_epochs=30)
param_scheduler = [
    dict(type='MultiStepLR', end=30, milestones=[20], gamma=0.1)
]

model = dict(discriminator=dict(ramp='constant'))
custom_hooks = [
    dict(type='PPLOHook', interval=3, pace=dict(start=0.1, step=0.1)),
    dict(type='SyncBuffersHook')
]
