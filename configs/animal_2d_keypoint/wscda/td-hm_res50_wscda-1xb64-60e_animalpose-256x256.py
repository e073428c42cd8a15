# WS-CDA with ResNet-50: from people and four species to cows with boxes only
_base_ = [
    'td-hm_hrnet-w32_wscda-1xb64-60e_animalpose-256x256.py',
    '_base_/wscda_res50.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

# trained on people; the last layer has other keypoints and begins anew
load_from = ('https://download.openmmlab.com/mmpose/v1/body_2d_keypoint/'
             'topdown_heatmap/coco/td-hm_res50_8xb64-210e_coco-256x192-'
             '04af38ce_20220923.pth')

model = _base_.wscda_res50_model
