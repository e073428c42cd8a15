_base_ = ['td-hm_lpn-50_1xb32-150e_coco-256x192.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# "iterative training": each stage goes on from the best epoch of the one before
train_cfg = dict(
    _delete_=True,
    type='StagedTrainLoop',
    stages=[dict(epochs=150, lr=1e-3, milestones=[90, 120])] * 3,
    val_interval=10)
