# Real labels, with HRNet-W32: learns from TigDog's horses, is tested on TigDog's
_base_ = ['td-hm_hrnet-w32_1xb32-100e_synthetic-horse-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

train_dataloader = dict(
    dataset=dict(
        data_root='data/behaviorDiscovery2.0/',
        pipeline=_base_.target_train_pipeline))
val_dataloader = _base_.test_dataloader
