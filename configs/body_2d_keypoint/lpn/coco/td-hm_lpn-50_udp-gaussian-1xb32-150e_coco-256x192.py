_base_ = ['td-hm_lpn-50_dark-unit-1xb32-150e_coco-256x192.py']

codec = dict(type='UDPGaussianHeatmap')
model = dict(head=dict(decoder=codec))
train_pipeline = _base_.train_pipeline
train_pipeline[-2].encoder.update(codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
