_base_ = ['td-hm_res50_dark-unit-8xb64-210e_coco-256x192.py']

codec = dict(
    input_size=(96, 128), heatmap_size=(24, 32), sigma=1, blur_kernel_size=3)
model = dict(head=dict(decoder=codec))
train_pipeline = _base_.train_pipeline
train_pipeline[-3].input_size = codec['input_size']
train_pipeline[-2].encoder.update(codec)
val_pipeline = _base_.val_pipeline
val_pipeline[-2].input_size = codec['input_size']
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
