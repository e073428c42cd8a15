_base_ = ['mmpose::body_2d_keypoint/topdown_heatmap/coco/'
          'td-hm_hrnet-w32_udp-8xb64-210e_coco-256x192.py']

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

codec = dict(type='DARKHeatmap', grid='unit_length', use_udp=True)
model = dict(head=dict(decoder=codec))
train_pipeline = _base_.train_pipeline
train_pipeline[-2].encoder.update(codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
