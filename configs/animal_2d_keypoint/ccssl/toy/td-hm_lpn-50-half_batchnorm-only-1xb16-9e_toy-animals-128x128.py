# The control of CC-SSL: a weight of 0, so that target images change nothing
# but the statistics of BatchNorm
_base_ = ['td-hm_lpn-50-half_ccssl-1xb16-9e_toy-animals-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(target_weight=0)
