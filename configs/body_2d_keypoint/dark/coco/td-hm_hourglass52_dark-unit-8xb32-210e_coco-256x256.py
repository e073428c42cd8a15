_base_ = ['mmpose::body_2d_keypoint/topdown_heatmap/coco/'
          'td-hm_hourglass52_8xb32-210e_coco-256x256.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(type='DARKHeatmap', grid='unit_length', use_udp=True)
model = dict(
    head=dict(decoder=codec), test_cfg=dict(shift_heatmap=False))
train_pipeline = _base_.train_pipeline
train_pipeline[-3].use_udp = True
train_pipeline[-2].encoder.update(codec)
val_pipeline = _base_.val_pipeline
val_pipeline[-2].use_udp = True
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
