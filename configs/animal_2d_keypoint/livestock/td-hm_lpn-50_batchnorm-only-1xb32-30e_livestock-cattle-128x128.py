# The control of the mean teacher: a weight of 0, so that cattle change nothing
# but the statistics of BatchNorm
_base_ = ['td-hm_lpn-50_mean-teacher-1xb32-30e_livestock-cattle-128x128.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(consistency=dict(weight=0.0))
