# MMPose's Simple Baseline, with lengths between pixel centres as UDP measures them
_base_ = ['mmpose::body_2d_keypoint/topdown_heatmap/coco/'
          'td-hm_res50_8xb64-210e_coco-256x192.py']

model = dict(test_cfg=dict(shift_heatmap=False))
train_pipeline = _base_.train_pipeline
train_pipeline[-3].use_udp = True
val_pipeline = _base_.val_pipeline
val_pipeline[-2].use_udp = True
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
