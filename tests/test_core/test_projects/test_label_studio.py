"""Exports of Label Studio as its servers write them."""

import json

import numpy as np
import pytest

from helpers import label_projects
from mmpose_addons_core.projects.label_studio_regions import rotated_box
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.read import read_project
from mmpose_addons_core.projects.write import write_dataset

SIZE = dict(zip(('original_width', 'original_height'), label_projects.SIZE, strict=True))


def keypoint(number, name, x, y, **more):
    value = dict(x=x, y=y, width=0.5, keypointlabels=[name])
    return (
        dict(SIZE, id=f'k{number}', type='keypointlabels', value=value, image_rotation=0) | more
    )


def rectangle(number, x, y, width, height, rotation=0):
    value = dict(x=x, y=y, width=width, height=height, rotation=rotation)
    value['rectanglelabels'] = ['mouse']
    return dict(SIZE, id=f'r{number}', type='rectanglelabels', value=value)


def task(number, *results, name=None, **more):
    annotations = [dict(id=n, was_cancelled=False, result=r) for n, r in enumerate(results)]
    image = f'/data/upload/3/0a1b2c3d-{number}.png' if name is None else name
    return dict(id=number, data=dict(img=image), annotations=annotations) | more


@pytest.fixture
def read(tmp_path):
    def made(*tasks, images=('0a1b2c3d-1.png', '2.png')):
        for name in images:
            label_projects.write_image(tmp_path / 'images' / name)
        (tmp_path / 'tasks.json').write_text(json.dumps(tasks))
        return read_project(tmp_path)

    return made


def test_points_are_shares_of_the_image(read):
    """Names keep the order of the file; a name that is not there has no label."""
    project = read(
        task(1, [keypoint(1, 'tail', 50, 10), keypoint(2, 'nose', 25, 20)]),
        task(2, [keypoint(3, 'nose', 100, 50)]),
    )
    assert project.keypoints == ['tail', 'nose']
    assert [frame.name for frame in project.frames] == ['0a1b2c3d-1.png', '2.png']
    first, second = (frame.instances for frame in project.frames)
    np.testing.assert_allclose(first[0].keypoints, [[20, 3], [10, 6]])
    np.testing.assert_allclose(second[0].keypoints, [[np.nan] * 2, [40, 15]])
    assert project.left_out == {}


@pytest.mark.parametrize('link', ['parent', 'relation', 'relation back'])
def test_keypoints_of_two_animals(read, link):
    regions = [rectangle(0, 0, 0, 40, 50), rectangle(1, 50, 0, 50, 100)]
    for n, (animal, name) in enumerate([(0, 'nose'), (1, 'nose'), (0, 'tail')]):
        point = keypoint(n, name, 10 * n + 10, 20)
        ends = [f'k{n}', f'r{animal}'][:: -1 if link == 'relation back' else 1]
        if link == 'parent':
            point['parentID'] = f'r{animal}'
        else:
            regions.append(dict(type='relation', from_id=ends[0], to_id=ends[1]))
        regions.append(point)
    (frame,) = read(task(1, regions)).frames
    points = [instance.keypoints[:, 0].tolist() for instance in frame.instances]
    np.testing.assert_allclose(points, [[4, 12], [8, np.nan]])
    assert [instance.box for instance in frame.instances] == [(0, 0, 16, 15), (20, 0, 20, 30)]


def test_what_cannot_be_assigned_is_named(read):
    two = [keypoint(1, 'nose', 1, 1), keypoint(2, 'nose', 9, 9)]
    boxes = [rectangle(0, 0, 0, 40, 50), rectangle(1, 50, 0, 50, 100)]
    project = read(
        task(1, [keypoint(0, 'tail', 5, 5)]),
        task(3, two, name='2.png'),
        task(4, [*boxes, keypoint(3, 'nose', 9, 9)], name='3.png'),
        task(5, [boxes[0], *two], name='4.png'),
    )
    assert len(project.frames) == 1
    assert project.left_out[
        'keypoints that belong to no region, in an image of several animals'
    ] == [
        '2.png: nose',
        '3.png: nose',
    ]
    assert project.left_out['an animal has two keypoints of one name'] == ['4.png: nose']
    assert project.left_out['no keypoint is labelled'] == ['2.png', '3.png', '4.png']


def test_skipped_further_and_predicted_annotations(read):
    skipped = task(1, [keypoint(1, 'nose', 10, 10)], [keypoint(2, 'nose', 20, 20)])
    skipped['annotations'][0]['was_cancelled'] = True
    several = task(2, [keypoint(1, 'nose', 30, 30)], [keypoint(2, 'nose', 40, 40)])
    several['annotations'][1]['ground_truth'] = True
    predicted = task(3, predictions=[dict(result=[])])
    project = read(skipped, several, predicted)
    assert [f.instances[0].keypoints[0, 0] for f in project.frames] == [8, 16]
    name = '/data/upload/3/0a1b2c3d-{}.png'.format
    assert project.left_out == {
        'annotations that were skipped in the tool': [name(1)],
        'further annotations of an image that has one': [name(2)],
        'predictions of the tool, not labels': [name(3)],
        'no keypoint is labelled': [name(3)],
    }


def test_rotations(read):
    """A turned rectangle gives a larger box; an image that was turned is left out."""
    turned = [rectangle(0, 50, 20, 10, 20, rotation=90), keypoint(1, 'nose', 45, 25)]
    project = read(task(1, turned), task(2, [keypoint(1, 'nose', 10, 10, image_rotation=90)]))
    np.testing.assert_allclose(project.frames[0].instances[0].box, (14, 6, 6, 4), atol=1e-9)
    assert len(project.left_out['the image was turned in the tool']) == 1
    np.testing.assert_allclose(
        rotated_box(rectangle(0, 50, 0, 25, 50, rotation=30)),
        (20 - 7.5, 0, 7.5 + 10 * 3**0.5 / 2, 5 + 15 * 3**0.5 / 2),
    )


@pytest.mark.parametrize(
    'name',
    [
        '/data/local-files/?d=mice%20of%20june/2.png',
        's3://bucket/mice/2.png',
        'https://example.org/2.png?token=1',
        r'C:\mice\2.png',
        '/data/upload/7/aaaabbbb-2.png',
    ],
)
def test_places_of_images(read, name):
    project = read(task(1, [keypoint(1, 'nose', 10, 10)], name=name))
    assert project.frames[0].name == '2.png'


def test_missing_images_are_named(read):
    project = read(
        task(1, [keypoint(1, 'nose', 10, 10)]), task(9, [keypoint(1, 'nose', 10, 10)])
    )
    assert project.left_out == {'the image is missing': ['/data/upload/3/0a1b2c3d-9.png']}


def test_a_label_of_a_second_region(read):
    """Tags <KeyPoint> and <Labels> write the place and the name apart."""
    point = keypoint(1, 'nose', 10, 10)
    point['type'] = 'keypoint'
    point['value'].pop('keypointlabels')
    label = dict(point, type='labels', value=dict(labels=['nose']))
    project = read(task(1, [point, label]))
    assert project.keypoints == ['nose']
    assert len(project.frames) == 1


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(annotations=[dict(result=None)]), r'task 1: expected annotations with results'),
        (dict(data=dict(text='a word')), 'task 1: expected an image in data'),
        (
            dict(annotations=[dict(result=[keypoint(1, 'nose', '1', 2)])]),
            'expected x, y, original_width and original_height',
        ),
        (dict(annotations=[]), r'no labelled image that is there; left out: no keypoint'),
    ],
)
def test_values_that_make_no_sense(read, change, message):
    with pytest.raises(ProjectError, match=message):
        read(task(1, [keypoint(1, 'nose', 1, 2)]) | change)


def test_an_image_of_another_size(read, tmp_path):
    """Percentages of another image would give wrong places without a word."""
    point = keypoint(1, 'nose', 10, 10) | dict(original_width=80, original_height=60)
    project = read(task(1, [point]), task(2, [keypoint(1, 'nose', 10, 10)]))
    report = write_dataset(project, tmp_path / 'out')
    assert report['left_out'] == {
        'the image has another size than the project says': [
            'images/0a1b2c3d-1.png: 40 x 30, expected 80 x 60'
        ]
    }


def test_names_of_sleap_io_keep_their_order(tmp_path):
    pytest.importorskip('sleap_io')
    project = read_project(label_projects.label_studio(tmp_path))
    assert project.keypoints == label_projects.BODY_PARTS


def test_odd_values_are_counted(read):
    nan = keypoint(1, 'tail', float('nan'), 5)
    nameless = keypoint(2, 'x', 5, 5)
    nameless['value']['keypointlabels'] = []
    two = keypoint(3, 'x', 5, 5)
    two['value']['keypointlabels'] = ['x', 'nose']
    box = rectangle(0, 5, 5, -3, 5)
    project = read(
        task(1, [box, keypoint(0, 'nose', 10, 10), nan, nameless, two], name='2.png')
    )
    assert project.keypoints == ['nose', 'tail']
    assert project.frames[0].instances[0].labelled.tolist() == [True, False]
    assert project.left_out == {
        'a keypoint that has not exactly one name': ['2.png', '2.png'],
        'a label whose coordinates are not finite': ['2.png: tail'],
        'a box without a usable size; that of the keypoints is taken': ["2.png: 'r0'"],
    }


def test_an_image_in_two_tasks(read, tmp_path):
    """The labels of both were lost, as the image was not found."""
    project = read(
        task(1, [keypoint(0, 'nose', 10, 10)], name='/data/upload/3/0a1b2c3d-2.png'),
        task(2, [keypoint(0, 'nose', 20, 20)], name='/data/upload/3/0a1b2c3d-2.png'),
    )
    assert [frame.instances[0].keypoints[0, 0] for frame in project.frames] == [4]
    assert project.left_out == {
        'further labels of an image that has some': [f'{tmp_path / "tasks.json"}: task 2']
    }
