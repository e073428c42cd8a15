_base_ = ['../wflw/td-reg_mobilenetv2_pixelwing-8xb64-210e_wflw-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(head=dict(num_joints=68))

dataset = dict(type='Face300WDataset', data_root='data/300w/')
train_dataloader = dict(
    dataset=dict(
        ann_file='annotations/face_landmarks_300w_train.json', **dataset))
val_dataloader = dict(
    dataset=dict(
        ann_file='annotations/face_landmarks_300w_valid.json', **dataset))
test_dataloader = val_dataloader
