import numpy as np
import pytest
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

    def full_init(self):
        pass

    def get_data_info(self, index):
        return dict(keypoints=self.faces[[index] * self.people], id=index)

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
    assert data[0] == 'sample 0'
    assert len(data) == 10 + 3 + 3


def test_several_faces_a_sample_are_refused():
    with pytest.raises(ValueError, match='got 2 in sample 0'):
        build(dataset=Faces(people=2))


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
