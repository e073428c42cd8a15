# 300W in place of WFLW
train_300w = dict(
    type='Face300WDataset',
    data_root='data/300w/',
    ann_file='annotations/face_landmarks_300w_train.json')
val_300w = dict(
    type='Face300WDataset',
    data_root='data/300w/',
    ann_file='annotations/face_landmarks_300w_valid.json')
