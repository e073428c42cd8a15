_base_ = [
    '../wflw/td-reg_shufflenetv2_pixelwing-heatmap-8xb64-210e_wflw-96x96.py',
    '../../_base_/300w.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(head=dict(num_joints=68, auxiliary=dict(out_channels=68)))

train_dataloader = dict(dataset=_base_.train_300w)
val_dataloader = dict(dataset=_base_.val_300w)
test_dataloader = val_dataloader
