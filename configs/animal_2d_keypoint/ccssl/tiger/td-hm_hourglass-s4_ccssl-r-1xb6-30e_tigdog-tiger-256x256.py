# CC-SSL-R: the adapted network, fine-tuned on one of 20 of TigDog's labelled tigers
_base_ = ['td-hm_hourglass-s4_1xb6-100e_tigdog-tiger-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

load_from = 'work_dirs/td-hm_hourglass-s4_ccssl-1xb6-60e_tigdog-tiger-256x256/epoch_60.pth'

train_cfg = dict(max_epochs=30)
optim_wrapper = dict(optimizer=dict(lr=2.5e-5))
param_scheduler = [
    dict(type='MultiStepLR', end=30, milestones=[20], gamma=0.1)
]

# without it, all labels, as in the paper
train_dataloader = dict(
    dataset=dict(indices=list(range(0, 6523, 20))))
