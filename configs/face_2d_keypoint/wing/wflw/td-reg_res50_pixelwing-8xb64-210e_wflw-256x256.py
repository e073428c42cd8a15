_base_ = [
    'mmpose::face_2d_keypoint/topdown_regression/wflw/'
    'td-reg_res50_wingloss_8xb64-210e_wflw-256x256.py',
    '../../../_base_/pipelines/face.py'
]

custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)

model = dict(
    head=dict(loss=dict(type='PixelWingLoss', input_size=(256, 256))))

val_evaluator = dict(
    _delete_=True,
    type='FaceLandmarkMetric',
    norm='interocular',
    thresholds=(0.08, 0.1))
test_evaluator = val_evaluator
