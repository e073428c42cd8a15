# The same network under another loss; see td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py
_base_ = ['td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(
    head=dict(
        loss=dict(_delete_=True, type='MSELoss', use_target_weight=True)))
