_base_ = ['../../_base_/td-hm_res50_unit-length_coco-256x192.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(type='DARKHeatmap', grid='unit_length', use_udp=True)
model = dict(head=dict(decoder=codec))
train_pipeline = _base_.train_pipeline
train_pipeline[-2].encoder.update(codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
