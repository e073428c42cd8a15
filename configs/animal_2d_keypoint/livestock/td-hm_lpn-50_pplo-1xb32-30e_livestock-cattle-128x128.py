# PPLO: learns from horses with labels and from its surest labels for cattle
_base_ = ['td-hm_lpn-50_ccssl-1xb32-30e_livestock-cattle-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

custom_hooks = [
    *_base_.cpu_hooks,
    dict(
        type='PPLOHook', interval=5, pace=dict(start=0.2, step=0.2, end=0.8)),
    dict(type='SyncBuffersHook'),
    dict(type='DiagnosisHook', interval=15)
]
