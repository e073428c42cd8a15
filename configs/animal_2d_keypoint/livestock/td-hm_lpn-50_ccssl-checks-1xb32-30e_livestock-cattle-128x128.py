# CC-SSL whose labels are checked by the poses of the source, with a diagnosis
_base_ = ['td-hm_lpn-50_ccssl-1xb32-30e_livestock-cattle-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

custom_hooks = [
    *_base_.cpu_hooks,
    dict(
        type='CCSSLHook',
        interval=5,
        curriculum=dict(schedule='linear', first=0.8, last=0.4, epochs=25),
        checks=dict()),
    dict(type='DiagnosisHook', interval=5),
    dict(type='SyncBuffersHook')
]
