"""The category with keypoints is found whatever its id: perfect poses have AP 1."""

import pytest

from helpers.coco_files import people_apart, write_data, write_images
from helpers.perfect_poses import build_dataset, perfect_ap
from mmpose_addons_core.datasets.coco_check import DatasetError

METRICS = [None, dict(type='CheckedCocoMetric'), 'own file']


def recategorised(data, key, others=()):
    """The keypoints' category gets the id ``key``; other categories come before it."""
    (category,) = data['categories']
    for person in data['annotations']:
        person['category_id'] = key
    data['categories'] = [*others, dict(category, id=key)]
    return data


def boxes_of(data, category_id):
    return [
        dict(
            image_id=person['image_id'],
            category_id=category_id,
            bbox=person['bbox'],
            score=0.9,
        )
        for person in data['annotations']
    ]


@pytest.fixture
def data(tmp_path):
    content = people_apart()
    write_images(tmp_path, content)
    return content


def ap(folder, data, metric=None, boxes=None, **values):
    path = write_data(folder, data)
    if boxes is not None:
        values['bbox_file'] = write_data(folder, boxes, 'boxes.json')
    if metric == 'own file':
        metric = dict(type='CheckedCocoMetric', ann_file=path)
    return perfect_ap(path, folder, metric, **values)


@pytest.mark.parametrize('metric', METRICS, ids=['CocoMetric', 'Checked', 'own file'])
@pytest.mark.parametrize('key', [0, 1, 9, -3, 'person', 'b'])
def test_any_category_id(tmp_path, data, key, metric):
    recategorised(data, key)
    assert ap(tmp_path, data, metric) == pytest.approx(1)
    assert ap(tmp_path, data, metric, boxes_of(data, key)) == pytest.approx(1)
    assert ap(tmp_path, data, metric, boxes_of(data, 1)) == pytest.approx(1)


@pytest.mark.parametrize('metric', METRICS, ids=['CocoMetric', 'Checked', 'own file'])
def test_a_first_category_without_keypoints(tmp_path, data, metric):
    """As Roboflow exports them; one annotation is of a thing."""
    recategorised(data, 1, [dict(id=0, name='people'), dict(id=7, name='ball', keypoints=None)])
    thing = dict(data['annotations'][0], id=99, category_id=7)
    del thing['keypoints']
    data['annotations'].append(thing)
    assert ap(tmp_path, data, metric) == pytest.approx(1)
    boxes = boxes_of(data, 1) + [dict(box, category_id=7) for box in boxes_of(data, 1)]
    assert ap(tmp_path, data, metric, boxes) == pytest.approx(1)


@pytest.mark.parametrize('metric', METRICS[1:], ids=['Checked', 'own file'])
def test_categories_with_other_keypoints(tmp_path, data, metric):
    """The data set's 17 keypoints decide."""
    data['categories'].append(dict(id=2, name='dog', keypoints=['nose', 'tail']))
    dog = dict(data['annotations'][0], id=99, category_id=2, keypoints=[9, 9, 2, 20, 20, 2])
    data['annotations'].append(dict(dog, num_keypoints=2))
    assert ap(tmp_path, data, metric) == pytest.approx(1)


def test_a_category_is_chosen_by_id_or_name(tmp_path, data):
    data['categories'] = [dict(data['categories'][0], id=i, name=f'kind {i}') for i in (1, 2)]
    for person in data['annotations'][2:]:
        person['category_id'] = 2
    path = write_data(tmp_path, data)
    found = {
        category: [
            build_dataset(path, tmp_path, category=category).get_data_info(i)['id']
            for i in range(4 if category is None else 2)
        ]
        for category in (None, 1, 'kind 2')
    }
    assert found == {None: [1, 3, 2, 4], 1: [1, 2], 'kind 2': [3, 4]}
    metric = dict(type='CheckedCocoMetric')
    assert ap(tmp_path, data, metric, category='kind 2') == pytest.approx(1)
    with pytest.raises(DatasetError, match="no category has the id or name 'dog', got categ"):
        build_dataset(path, tmp_path, category='dog')


def test_boxes_of_another_category_are_refused(tmp_path, data):
    recategorised(data, 5, [dict(id=1, name='root')])
    path = write_data(tmp_path, data)
    for wrong in (1, 3):  # 1 is known: these are boxes of roots
        boxes = write_data(tmp_path, boxes_of(data, wrong), 'boxes.json')
        with pytest.raises(DatasetError, match=rf'category 5 \(person\).*category {wrong}'):
            build_dataset(path, tmp_path, bbox_file=boxes, test_mode=True)


def test_nobody_visible_is_no_ap_of_minus_1(tmp_path, data):
    for person in data['annotations']:
        person['keypoints'][2::3] = [0] * 17
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError, match='none of 4 annotations has a visible keypoint'):
        build_dataset(path, tmp_path, test_mode=True)


def test_a_tolerated_error_is_evaluated_as_the_message_says(tmp_path, data):
    del data['annotations'][0]['area']
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError, match='warnings where the metric is CheckedCocoMetric'):
        build_dataset(path, tmp_path, test_mode=True)
    metric = dict(type='CheckedCocoMetric', ann_file=path, check_tolerate=['area'])
    assert ap(tmp_path, data, metric, check_tolerate=['area']) == pytest.approx(1)
    del data['annotations'][0]['keypoints']
    tolerate = ['area', 'missing_field']
    metric = dict(metric, check_tolerate=tolerate)
    assert ap(tmp_path, data, metric, check_tolerate=tolerate) == pytest.approx(1)
