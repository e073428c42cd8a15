_base_ = ['../wflw/td-reg_mobilenetv2_pixelwing-overfit-1xb4-400e_wflw-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(head=dict(num_joints=68))

dataset = dict(
    type='Face300WDataset',
    data_root='data/300w_sample/',
    ann_file='test_300w.json')
train_dataloader = dict(batch_size=2, dataset=dataset)
val_dataloader = dict(dataset=dataset)
test_dataloader = val_dataloader
