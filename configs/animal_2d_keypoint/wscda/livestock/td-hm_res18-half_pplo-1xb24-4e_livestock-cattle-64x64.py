# PPLO: labels cattle by the small network that WS-CDA trained
_base_ = ['td-hm_res18-half_wscda-1xb24-9e_livestock-cattle-64x64.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

load_from = ('work_dirs/td-hm_res18-half_wscda-1xb24-9e_livestock-cattle-64x64/'
             'epoch_9.pth')

train_cfg = dict(max_epochs=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', end=50, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=4,
        end=4,
        eta_min=1e-5,
        convert_to_iter_based=True)
]

model = dict(discriminator=dict(ramp='constant'))
custom_hooks = [
    *_base_.cpu_hooks,
    dict(
        type='PPLOHook',
        interval=1,
        num_workers=0,
        pace=dict(start=0.2, step=0.2, end=0.8)),
    dict(type='SyncBuffersHook')
]
