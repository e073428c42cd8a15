# What WS-CDA and PPLO add to a network for Animal-Pose: people, the other
# species with labels, and boxes of cows without any
animal_metainfo = dict(from_file='configs/_base_/datasets/animalpose.py')
wscda_shares = dict(source=0.25, human=0.5, target=0.25)

labelled_people = dict(
    type='CombinedDataset',
    metainfo=animal_metainfo,
    datasets=[
        dict(
            type='CocoDataset',
            data_root='data/coco/',
            ann_file='annotations/person_keypoints_train2017.json',
            data_prefix=dict(img='train2017/'),
            pipeline=[dict(type='PeopleAsAnimals', skeleton='animalpose')])
    ])
labelled_animals = dict(
    type='AnimalPoseDataset',
    data_root='data/animalpose/',
    ann_file='annotations/seen.json',
    data_prefix=dict(img='images/'))
boxes_of_cows = dict(
    type='UnlabelledCocoDataset',
    metainfo=animal_metainfo,
    data_root='data/coco/',
    ann_file='annotations/cow_boxes_train2017.json',
    data_prefix=dict(img='train2017/'))
