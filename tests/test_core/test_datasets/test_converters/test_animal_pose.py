import json

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.utils import get_installed_path

from mmpose_addons_core.datasets.converters import ConversionError
from mmpose_addons_core.datasets.converters.animal_boxes import animal_boxes
from mmpose_addons_core.datasets.converters.animal_pose import SKELETON, animal_pose


def animal(number, **changes):
    """An annotation in the authors' layout; joint k lies at (k, 2k), odd ones are missing."""
    joints = [[k, 2 * k, int(k % 2 == 0)] for k in range(20)]
    return dict(
        image_id=number,
        category_id=1 + number % 2,
        bbox=[2, 3, 22, 33],
        keypoints=joints,
        num_keypoints=10,
        **changes,
    )


@pytest.fixture
def write(tmp_path):
    """Writes a file of two species in the authors' layout."""
    for name in ('one.png', 'two.png'):
        cv2.imwrite(str(tmp_path / name), np.zeros((50, 40, 3), np.uint8))

    def make(**changes):
        content = dict(
            images={'1': 'one.png', '2': 'two.png'},
            annotations=[animal(1), animal(2), animal(2)],
            categories=[dict(id=1, name='cat'), dict(id=2, name='cow')],
        )
        file = tmp_path / 'keypoints.json'
        file.write_text(json.dumps(content | changes))
        return file, tmp_path

    return make


def test_the_authors_layout(write):
    content = animal_pose(*write())
    assert content['images'][0] == dict(id=1, file_name='one.png', width=40, height=50)
    first = content['annotations'][0]
    assert first['bbox'] == [2, 3, 20, 30]
    assert first['area'] == 600
    assert first['num_keypoints'] == 10
    assert first['keypoints'][:9] == [0, 0, 2, 0, 0, 0, 2, 4, 2]
    assert [a['id'] for a in content['annotations']] == [1, 2, 3]
    assert [c['name'] for c in content['categories']] == ['cat', 'cow']


def test_species(write):
    content = animal_pose(*write(), species=['cow'])
    assert [a['image_id'] for a in content['annotations']] == [1]
    assert [image['id'] for image in content['images']] == [1]
    with pytest.raises(ConversionError, match=r"\['cat', 'cow'\], got 'otter'"):
        animal_pose(*write(), species=['otter'])


def test_layout_of_mmpose(write):
    images = [dict(id=1, file_name='a/one.png', width=4, height=5)]
    flat = [value for k in range(20) for value in (k, k, k % 3)]
    record = dict(
        id=77, image_id=1, category_id=2, bbox=[1, 2, 3, 4], area=9, iscrowd=0, keypoints=flat
    )
    content = animal_pose(*write(images=images, annotations=[record]))
    assert content['images'] == images
    (found,) = content['annotations']
    assert {name: found[name] for name in record} == record
    assert found['num_keypoints'] == 13


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(annotations=[animal(3)]), 'no image has the id 3'),
        (dict(annotations=[animal(1) | dict(bbox=[5, 5, 5, 9])]), 'a width and a height, got'),
        (dict(annotations=[animal(1) | dict(keypoints=[[1, 2, 3]])]), 'must have 20 keypoints'),
        (dict(annotations=[animal(1) | dict(bbox=None)]), r'annotations\[0\]: bbox must be 4'),
        (dict(annotations=[]), "has no animal of the categories .'cat', 'cow'."),
        (dict(images={'1': 'no.png'}, annotations=[animal(1)]), r'no\.png: '),
        (dict(images={'x': 'one.png'}), 'must map numbers to names'),
        (dict(categories=[dict(id=1)]), r'categories\[0\] must have an id and a name'),
        (dict(annotations=[animal(1) | dict(category_id=[1])]), r'category_id of \[1, 2\]'),
        (dict(annotations=[animal(1), animal(2) | dict(category_id=7)]), r'annotations\[1\] '),
        (dict(annotations=[animal(1), None]), r'annotations\[1\] must .* got None'),
        (
            dict(annotations=[animal(1) | dict(area='x')]),
            "must have a number and 0 or 1, got area 'x'",
        ),
        (dict(annotations=[animal(1) | dict(iscrowd=None)]), 'and iscrowd None'),
        (dict(images=3), 'must have images, annotations and categories'),
    ],
)
def test_bad_files(write, changes, message):
    with pytest.raises(ConversionError, match=message):
        animal_pose(*write(**changes))


def test_skeleton_is_that_of_mmpose():
    folder = f'{get_installed_path("mmpose")}/.mim/configs/_base_/datasets'
    info = Config.fromfile(f'{folder}/animalpose.py').dataset_info
    expected = {frozenset(link['link']) for link in info.skeleton_info.values()}
    assert {frozenset(link) for link in SKELETON} == expected
    assert len(SKELETON) == len(expected)


def test_animal_pose_command(write, run_command, tmp_path):
    file, images = write()
    out = tmp_path / 'cats.json'
    status, printed, errors = run_command(
        'animal-pose', file, images, '--species', 'cat', '--out', out
    )
    assert status == 0, errors
    assert '2 animals in 1 images (cat)' in printed
    assert len(json.loads(out.read_text())['annotations']) == 2


@pytest.fixture
def instances(tmp_path):
    def box(number, category, side=40, **more):
        return dict(
            id=number,
            image_id=number % 2,
            category_id=category,
            bbox=[1, 2, side, 50],
            segmentation=[[1, 2]],
            iscrowd=0,
        ) | dict(more)

    content = dict(
        images=[dict(id=i, file_name=f'{i}.jpg', width=99, height=99) for i in range(3)],
        annotations=[box(1, 21), box(2, 1), box(3, 21, 20), box(4, 18), box(5, 21, iscrowd=1)],
        categories=[
            dict(id=1, name='person'),
            dict(id=21, name='cow'),
            dict(id=18, name='dog'),
        ],
    )
    file = tmp_path / 'instances.json'
    file.write_text(json.dumps(content))
    return file


def test_boxes_of_animals(instances, tmp_path, run_command):
    content, left_out = animal_boxes(instances, ['cow'])
    assert left_out == dict(crowd=1, small=1)
    assert content['annotations'] == [
        dict(id=1, image_id=1, category_id=21, bbox=[1, 2, 40, 50], area=2000, iscrowd=0)
    ]
    assert [image['id'] for image in content['images']] == [1]
    assert content['categories'] == [dict(id=21, name='cow')]
    out = tmp_path / 'boxes.json'
    status, printed, errors = run_command(
        'animal-boxes', instances, '--species', 'cow', 'dog', '--out', out
    )
    assert status == 0, errors
    assert '2 boxes in 2 images; left out: 1 groups, 1 below 32 px' in printed


def test_boxes_that_are_not_there(instances):
    with pytest.raises(ConversionError, match=r"got 'zebra'"):
        animal_boxes(instances, ['zebra'])
    with pytest.raises(ConversionError, match=r"no box of the categories \['dog'\]"):
        animal_boxes(instances, ['dog'], smallest=60)


@pytest.mark.parametrize(
    ('records', 'change', 'message'),
    [
        ('images', dict(height='x'), 'width and height must be positive'),
        ('images', dict(file_name=None), 'file_name must be a text, got None'),
        ('annotations', dict(category_id=[21]), r'must have a category_id of \[1, 18, 21\]'),
        ('annotations', dict(id=3), 'annotation 3: two annotations have it as id'),
    ],
)
def test_records_that_are_taken_over(instances, records, change, message):
    content = json.loads(instances.read_text())
    content[records][0].update(change)
    instances.write_text(json.dumps(content))
    with pytest.raises(ConversionError, match=message):
        animal_boxes(instances, ['cow', 'dog'], smallest=1)
