# PPLO: labels cattle by the network that WS-CDA trained
_base_ = ['td-hm_lpn-50_wscda-1xb32-30e_livestock-cattle-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

load_from = ('work_dirs/'
             'td-hm_lpn-50_wscda-1xb32-30e_livestock-cattle-128x128/'
             'epoch_30.pth')

train_cfg = dict(max_epochs=12)
optim_wrapper = dict(optimizer=dict(lr=5e-4))
param_scheduler = [
    _base_.warm_up,
    dict(_base_.cosine, T_max=12, end=12)
]

model = dict(discriminator=dict(ramp='constant'))
custom_hooks = [
    *_base_.cpu_hooks,
    dict(
        type='PPLOHook', interval=2, pace=dict(start=0.1, step=0.1, end=0.6)),
    dict(type='SyncBuffersHook')
]
