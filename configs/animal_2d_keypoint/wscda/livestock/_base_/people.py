# The joints with the same name: nose and mouth, eye, ear; shoulder, elbow and
# wrist; hip, knee and ankle (hock). Only the lower legs of livestock have sides,
# so the joints above them are those of the person's left side
person_to_livestock = [(0, 0), (1, 1), (3, 2), (5, 4), (7, 8), (9, 9),
                       (10, 11), (11, 6), (13, 13), (15, 14), (16, 16)]
coco_people = dict(
    type='CocoDataset',
    data_root='data/coco/',
    ann_file='annotations/person_keypoints_train2017.json',
    data_prefix=dict(img='train2017/'),
    pipeline=[
        dict(
            type='KeypointConverter',
            num_keypoints=18,
            mapping=person_to_livestock)
    ])
