"""COCO files as projects: several categories, and records that are refused."""

import json
import os

import numpy as np
import pytest

from helpers import label_projects
from mmpose_addons_core.projects.coco_exports import read_category
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.read import read_project
from mmpose_addons_core.projects.write import write_dataset


@pytest.fixture
def export(tmp_path):
    """Write a COCO file whose content a function may change; its path."""

    def write(change):
        file = label_projects.roboflow(tmp_path / 'in') / 'train/_annotations.coco.json'
        content = json.loads(file.read_text())
        change(content)
        file.write_text(json.dumps(content))
        return file

    return write


def test_all_categories_of_the_same_keypoints(export):
    def change(content):
        rat = dict(content['categories'][1], id=2, name='rat')
        content['categories'] += [rat, dict(id=3, name='cage')]
        content['annotations'][1]['category_id'] = 2
        content['annotations'][2]['category_id'] = 3

    project = read_project(export(change))
    assert [frame.name[:6] for frame in project.frames] == ['train0', 'train1']
    lost = project.left_out['the category is not the one that is read']
    assert lost == ['_annotations.coco.json: annotation 2: 3']


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda c: c['images'][1].update(id=0), r'images\[1\] has the id .* of images\[0\]'),
        (lambda c: c['images'][0].update(file_name=[1]), 'file_name must be a text'),
        (lambda c: c['images'][0].update(file_name='/'), 'file_name must be a text'),
        (lambda c: c.pop('categories'), "no 'categories' among its keys"),
        (lambda c: c.update(categories=7), "'categories' must be a list"),
        (lambda c: c['annotations'].append(7), r'annotations\[3\] must be a dictionary'),
        (lambda c: c['annotations'][0]['keypoints'].append(10**400), 'expected 9 numbers'),
        (lambda c: c['categories'][1].pop('id'), r'categories\[1\] has no id'),
        (lambda c: c['categories'].append(dict(id=5, keypoints=['x'])), ''),
    ],
)
def test_records_that_are_not_usable(export, change, message):
    file = export(change)
    if not message:  # a category without annotations does not count
        assert len(read_project(file).frames) == 3
        return
    with pytest.raises(ProjectError, match=message) as error:
        read_project(file)
    assert str(file) in str(error.value)


def test_boxes_and_links_that_are_none(export):
    def change(content):
        content['annotations'][0]['bbox'] = ['a', 1, 2, 3]
        content['categories'][1]['skeleton'] = [[1, 2], 'x', [1, 99], [None, 2]]

    project = read_project(export(change))
    assert project.skeleton == [(0, 1)]
    assert [frame.instances[0].box is None for frame in project.frames] == [True, False, False]


def test_names_that_are_not_utf_8(export, tmp_path):
    """They are escapes in the report, which anything can read."""

    def change(content):
        content['images'][0]['file_name'] = os.fsdecode(b'caf\xe9.jpg')

    report = write_dataset(read_project(export(change)), tmp_path / 'out')
    assert np.sum([part['images'] for part in report['parts'].values()]) == 2
    content = json.loads((tmp_path / 'out/report.json').read_text('utf-8'))
    assert content['left_out'] == report['left_out']


def test_one_of_several_categories(export):
    def change(content):
        fly = dict(id=2, name='fly', keypoints=['head', 'tip'])
        content['categories'].append(fly)
        content['annotations'][1].update(category_id=2, keypoints=[1, 1, 2, 5, 5, 2])

    file = export(change)
    with pytest.raises(ProjectError, match=r'or --category NAME, got .*mouse.*fly'):
        read_project(file)
    project = read_project(file, category='fly')
    assert project.keypoints == ['head', 'tip']
    assert [frame.name[:6] for frame in project.frames] == ['train1']
    with pytest.raises(ProjectError, match=r"of .*mouse.*, got 'rat'"):
        read_project(file, category='rat')


@pytest.mark.parametrize('names', [['nose', 'ear', 'nose'], ['nose', ' ', 'ear']])
def test_names_of_keypoints_that_are_twice_or_empty(export, names):
    file = export(lambda c: c['categories'][1].update(keypoints=names))
    with pytest.raises(ProjectError, match='names of keypoints that differ and are not empty'):
        read_project(file)
    with pytest.raises(ProjectError, match='differ and are not empty'):
        read_category(file)


def test_sizes_that_are_not_those_of_the_images(export, tmp_path):
    def change(content):
        content['images'][0].update(width=80, height=60)
        content['images'][1].update(width=None, height=None)

    report = write_dataset(read_project(export(change)), tmp_path / 'out')
    assert report['left_out'] == {
        'the image has another size than the project says': [
            'images/train0_jpg.rf.abc.jpg: 40 x 30, expected 80 x 60'
        ]
    }


def test_null_fields_and_tracks(export):
    """COCO-annotator writes null; CVAT has tracks among the attributes."""

    def change(content):
        content['annotations'][0].update(keypoints=None, bbox=None, segmentation=None)
        content['annotations'][1].update(bbox=None, attributes=dict(track_id=4))
        content['annotations'][2].update(attributes=None, metadata=None)
        content['categories'][1].update(skeleton=None, supercategory=None)

    project = read_project(export(change))
    assert [frame.instances[0].track for frame in project.frames] == ['4', None]
    assert project.frames[0].instances[0].box is None
    assert len(project.left_out['no keypoint is labelled']) == 1


def test_animals_without_labels_and_groups_are_counted(export, tmp_path):
    """They stand beside one that has labels."""

    def change(content):
        first, second, _ = content['annotations']
        content['annotations'] += [
            dict(first, id=7, keypoints=[0] * 9),
            dict(second, id=8, iscrowd=1),
        ]

    project = read_project(export(change))
    assert [len(frame.instances) for frame in project.frames] == [1, 1, 1]
    name = '_annotations.coco.json: train{}_jpg.rf.abc.jpg'.format
    assert project.left_out == {
        'an animal without a labelled keypoint, beside others': [name(0)],
        'a group instead of one animal (iscrowd)': [f'{name(1)}: annotation 8'],
    }


def test_odd_values_are_counted(export):
    def change(content):
        first, second, third = content['annotations']
        first['keypoints'][:3] = [np.nan, 3, 2]
        first['bbox'] = [5, 5, -2, 4]
        second['keypoints'][2::3] = [3, 0.5, 2]
        third['keypoints'][2::3] = [-1, 1, 2]
        third['bbox'] = [0, 0, 0, 0]
        content['categories'][1]['skeleton'] = [[1, 2], [0, 1], [2, 9], 'x']

    project = read_project(export(change))
    labelled = [frame.instances[0].labelled.tolist() for frame in project.frames]
    assert labelled == [[False, True, True], [False, False, True], [False, True, True]]
    x1, y1, x2, y2 = (
        label_projects.labels(3)[k, 0, n, a] for k, n in ((1, 0), (1, 1)) for a in (0, 1)
    )
    name = '_annotations.coco.json: '
    assert project.left_out == {
        'a link of the skeleton that joins no two keypoints': [
            f'{name}[0, 1]',
            f'{name}[2, 9]',
            f"{name}'x'",
        ],
        'a label whose coordinates are not finite': [
            f'{name}annotation 0: nose: [nan, 3.0, 2.0]'
        ],
        'a box without a usable size; that of the keypoints is taken': [
            f'{name}annotation 0: [5, 5, -2, 4]'
        ],
        'a label whose visibility is not 0, 1 or 2': [
            f'{name}annotation 1: nose: [{x1}, {y1}, 3.0]',
            f'{name}annotation 1: left_ear: [{x2}, {y2}, 0.5]',
            project.left_out['a label whose visibility is not 0, 1 or 2'][2],
        ],
    }


@pytest.mark.parametrize(
    ('value', 'group'),
    [(0, False), (None, False), ('false', False), (0.0, False)]
    + [(1, True), (True, True), ('true', True), ('yes', True), (2, True)],
)
def test_groups_in_any_spelling(export, value, group):
    project = read_project(export(lambda c: c['annotations'][0].update(iscrowd=value)))
    assert len(project.frames) == 3 - group
    assert ('a group instead of one animal (iscrowd)' in project.left_out) == group


def test_a_box_outside_the_image_is_counted(export, tmp_path):
    """A strip at the border of the image would be taken for it."""
    file = export(lambda c: c['annotations'][0].update(bbox=[50, 5, 10, 10]))
    report = write_dataset(read_project(file), tmp_path / 'out')
    assert report['left_out'] == {
        'a box outside the image; that of the keypoints is taken': [
            'images/train0_jpg.rf.abc.jpg: [50.0, 5.0, 10.0, 10.0]'
        ]
    }
    content = json.loads((tmp_path / 'out/annotations/train.json').read_text())
    x, y, width, height = content['annotations'][0]['bbox']
    points = label_projects.labels(3)[0, 0]
    assert (points.min(0) > [x, y]).all()
    assert (points.max(0) < [x + width, y + height]).all()


def test_records_that_are_there_twice(export):
    def change(content):
        content['images'].append(dict(content['images'][0], id=9))
        content['annotations'] += [
            dict(content['annotations'][0], id=8, image_id=9),
            dict(content['annotations'][1], id=9),
        ]

    project = read_project(export(change))
    assert [len(frame.instances) for frame in project.frames] == [1, 1, 1]
    name = '_annotations.coco.json: train{}_jpg.rf.abc.jpg'.format
    assert project.left_out == {
        'an animal that has the labels of another one in the image': [name(1)],
        'further labels of an image that has some': [name(0)],
    }
