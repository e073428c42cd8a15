# DARK on MMPose's grid; the published code uses that of "dark-unit"
_base_ = ['mmpose::body_2d_keypoint/topdown_heatmap/coco/'
          'td-hm_res50_8xb64-210e_coco-256x192.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(type='DARKHeatmap')
model = dict(head=dict(decoder=codec))
train_pipeline = _base_.train_pipeline
train_pipeline[-2].encoder.update(codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
