import numpy as np
import pytest
from mmengine.logging import MMLogger
from mmengine.runner import Runner
from mmpose.registry import DATASETS

from mmpose_addons_core.faces import face_layout, rotation_matrix
from mmpose_addons_toys import make_toy_faces


class Faces:
    """A data set of faces, 10 frontal ones and 2 turned ones."""

    metainfo = dict(dataset_name='300w')

    def __init__(self, people=1):
        yaw = np.array([*np.linspace(-2, 2, 10), 39, 40])
        angles = np.stack((yaw, 0 * yaw, 0 * yaw), axis=-1)
        template = face_layout(68).template
        self.faces = (template @ rotation_matrix(angles).swapaxes(1, 2))[..., :2] + 100
        self.people = people
        self.visible = np.ones((len(yaw), 68))

    def full_init(self):
        pass

    def get_data_info(self, index):
        chosen = [index] * self.people
        return dict(
            keypoints=self.faces[chosen],
            keypoints_visible=self.visible[chosen],
            img_path='faces.jpg',
            id=index,
        )

    def __getitem__(self, index):
        return f'sample {index}'

    def __len__(self):
        return len(self.faces)


def build(**kwargs):
    return DATASETS.build(dict(type='PoseBalancedDataset', **kwargs))


def test_turned_faces_appear_as_often_as_frontal_ones():
    data = build(dataset=Faces(), bins=2)
    ids = [data.get_data_info(index)['id'] for index in range(len(data))]
    assert ids == [*range(10), *[10] * 5, *[11] * 5]
    assert data[12] == 'sample 10'
    assert data.metainfo == dict(dataset_name='300w')


def test_limit_and_lazy_loading():
    data = build(dataset=Faces(), bins=2, limit=3, lazy_init=True)
    assert not data._fully_initialized
    data.dataset.metainfo = dict(CLASSES=['face'])  # as CheckedCocoDataset adds when it loads
    assert data.metainfo == dict(CLASSES=['face'])
    assert data[0] == 'sample 0'
    assert len(data) == 10 + 3 + 3


def test_faces_with_unlabelled_landmarks_appear_once(caplog):
    """They are at (0, 0) in COCO files, which would be an extreme pose."""
    faces = Faces()
    for index, number in ((3, 5), (11, 60)):
        faces.visible[index, :number] = 0
        faces.faces[index, :number] = 0 if index == 3 else np.nan
    with caplog.at_level('INFO'):
        logger = MMLogger.get_current_instance()
        logger.addHandler(caplog.handler)
        data = build(dataset=faces, bins=2)
        logger.removeHandler(caplog.handler)
    ids = [data.get_data_info(index)['id'] for index in range(len(data))]
    assert ids == [*range(10), *[10] * 9, 11]
    assert '12 faces appear 20 times' in caplog.text
    named = 'sample 3: faces.jpg (annotation 3), sample 11: faces.jpg (annotation 11)'
    assert '2 faces have landmarks without a label' in caplog.text
    assert f'they appear once: {named}' in caplog.text


def spoilt(**fields):
    faces = Faces()
    for name, value in fields.items():
        setattr(faces, name, value)
    return faces


def other(index, value):
    """The faces with another one at an index."""
    faces = Faces().faces
    faces[index] = value
    return faces


@pytest.mark.parametrize(
    ('faces', 'message'),
    [
        (Faces(people=2), r'got 2 in sample 0: faces.jpg \(annotation 0\)'),
        (spoilt(faces=other(4, np.nan)), r'sample 4: .*\(annotation 4\).*got \[nan, nan\]'),
        (spoilt(faces=other(7, 5.0)), r'sample 7: .*all landmarks at \[5.0, 5.0\]'),
        (spoilt(visible=np.zeros((12, 68))), 'got none: sample 0: .* and 9 more'),
        (spoilt(faces=np.zeros((0, 68, 2))), 'got an empty one'),
        (None, 'needs a data set with metainfo, full_init, get_data_info; .*got NoneType'),
        (spoilt(resample=True), 'the same each time, got a Faces with sample_ratio_factor'),
        (
            spoilt(metainfo=dict(num_keypoints=98)),
            r'sample 0: .*expected 98 landmarks, got 68',
        ),
    ],
)
def test_unusable_faces_are_named(faces, message):
    with pytest.raises(ValueError, match=message):
        build(dataset=faces)


@pytest.mark.parametrize(
    ('setting', 'message'),
    [(dict(bins=2.5), 'bins must be .*got 2.5'), (dict(limit=0), 'limit must be .*got 0')],
)
def test_unusable_settings_are_named_before_the_data_are_loaded(setting, message):
    with pytest.raises(ValueError, match=message):
        build(dataset=dict(type='NoSuchDataset'), lazy_init=True, **setting)


def test_in_a_data_loader(tmp_path):
    """MMPose's data set and pipeline, and MMEngine's loader."""
    make_toy_faces(tmp_path, images=8, landmarks=68, workers=1, val_fraction=0)
    codec = dict(type='RegressionLabel', input_size=(64, 64))
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='TopdownAffine', input_size=codec['input_size']),
        dict(type='GenerateTarget', encoder=codec),
        dict(type='PackPoseInputs'),
    ]
    faces = dict(
        type='Face300WDataset',
        data_root=str(tmp_path),
        ann_file='annotations/faces_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=pipeline,
    )
    data = dict(type='PoseBalancedDataset', bins=3, dataset=faces)
    sampler = dict(type='DefaultSampler', shuffle=False)
    loader = Runner.build_dataloader(dict(dataset=data, batch_size=4, sampler=sampler))
    ids = [sample.id for batch in loader for sample in batch['data_samples']]
    assert len(ids) == len(loader.dataset) > 8
    assert len(set(ids)) == 8
    assert loader.dataset.metainfo['dataset_name'] == '300w'
