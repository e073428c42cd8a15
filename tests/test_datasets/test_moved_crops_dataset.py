import numpy as np
import pytest
from mmpose.datasets.transforms import GetBBoxCenterScale
from mmpose.registry import DATASETS


class Packed:
    """A packed sample."""

    def __init__(self):
        self.metainfo = {}

    def set_metainfo(self, metainfo):
        self.metainfo |= metainfo


class Faces:
    """Two faces; as WFLW's data set does, the second names centre and scale itself."""

    metainfo = dict(dataset_name='wflw')
    pipeline = GetBBoxCenterScale(padding=1.0).transform

    def full_init(self):
        pass

    def get_data_info(self, index):
        info = dict(bbox=np.array([[10.0, 20, 50, 100]], np.float32), id=index)
        if index == 1:
            info |= dict(bbox_center=np.array([[30.0, 60]]), bbox_scale=np.array([[40.0, 80]]))
        return info

    def __len__(self):
        return 2


def build(**kwargs):
    return DATASETS.build(dict(type='MovedCropsDataset', dataset=Faces(), **kwargs))


@pytest.mark.filterwarnings('ignore:Use the existing')
def test_boxes_move_within_the_limits():
    data = build(crops=200, shift=0.1, scale=0.2)
    assert len(data) == 400
    for face in (0, 1):
        crops = [data[face * 200 + crop] for crop in range(200)]
        assert {crop['id'] for crop in crops} == {face}
        np.testing.assert_allclose(crops[0]['bbox'], [[10, 20, 50, 100]])
        centres = np.concatenate([crop['bbox_center'] for crop in crops])
        sizes = np.concatenate([crop['bbox_scale'] for crop in crops])
        shifts = (centres - (30, 60)) / (40, 80)
        factors = sizes / (40, 80)
        assert 0.08 < np.abs(shifts).max() <= 0.1 + 1e-6
        assert 0.15 < np.abs(factors - 1).max() <= 0.2 + 1e-6
        np.testing.assert_allclose(factors[:, 0], factors[:, 1], rtol=1e-5)
        boxes = np.concatenate([crop['bbox'] for crop in crops])
        np.testing.assert_allclose((boxes[:, :2] + boxes[:, 2:]) / 2, centres, atol=1e-3)
        assert shifts.std() == pytest.approx(0.1 * 0.54, rel=0.1)


def test_crops_are_the_same_each_time():
    first, second = build(), build()
    boxes = [data.get_data_info(3)['bbox'] for data in (first, second, first)]
    np.testing.assert_array_equal(boxes[0], boxes[1])
    np.testing.assert_array_equal(boxes[0], boxes[2])
    assert not np.array_equal(boxes[0], first.get_data_info(4)['bbox'])
    assert not np.array_equal(boxes[0], build(seed=1).get_data_info(3)['bbox'])


def test_indices_are_those_of_a_list():
    data = build(crops=3)
    last = data.get_data_info(-1)
    np.testing.assert_array_equal(last['bbox'], data.get_data_info(5)['bbox'])
    assert last['id'] == 1
    with pytest.raises(IndexError):
        data.get_data_info(6)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(crops=1), 'crops must be .*got 1'),
        (dict(crops=8.5), 'crops must be .*got 8.5'),
        (dict(shift=1.5), 'got 1.5 and 0.05'),
        (dict(scale=float('nan')), 'scale must be .*got nan'),
        (dict(seed=-1), 'seed must be .*got -1'),
    ],
)
def test_unusable_settings_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_packed_samples_name_their_crop():
    """A sampler may give them in any order."""
    faces = Faces()
    faces.pipeline = lambda info: dict(inputs=info['bbox'], data_samples=Packed())
    data = DATASETS.build(dict(type='MovedCropsDataset', dataset=faces, crops=3))
    crops = [data[index]['data_samples'].metainfo for index in (4, 0, -1)]
    assert crops == [dict(crop=1), dict(crop=0), dict(crop=2)]


@pytest.mark.parametrize(
    ('dataset', 'message'),
    [
        (None, 'with metainfo, full_init, get_data_info, pipeline; .*got NoneType'),
        ([Faces()], 'got list'),
        (dict(type='MovedCropsDataset', dataset=Faces()), 'pipeline; .*got MovedCropsDataset'),
    ],
)
def test_data_sets_without_a_pipeline_are_refused(dataset, message):
    with pytest.raises(ValueError, match=f'MovedCropsDataset needs a data set .*{message}'):
        DATASETS.build(dict(type='MovedCropsDataset', dataset=dataset))
