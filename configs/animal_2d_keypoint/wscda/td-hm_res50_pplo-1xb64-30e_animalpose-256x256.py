# PPLO with ResNet-50: labels cows by the network that WS-CDA trained
_base_ = [
    'td-hm_hrnet-w32_pplo-1xb64-30e_animalpose-256x256.py',
    '_base_/wscda_res50.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

load_from = ('work_dirs/td-hm_res50_wscda-1xb64-60e_animalpose-256x256/'
             'epoch_60.pth')

model = _base_.wscda_res50_model
