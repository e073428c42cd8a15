"""``mmpose-addons frames-to-label`` as it is called."""

import json

import numpy as np
import pytest

from helpers.tiny_domains import NAMES, write_domains
from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.adaptation.hidden_labels import hidden_labels


@pytest.fixture
def data(tmp_path):
    """Frames with boxes and without keypoints, and a labelled source."""
    write_domains(tmp_path)
    content = json.loads((tmp_path / 'target.json').read_text())
    for annotation in content['annotations']:
        del annotation['keypoints'], annotation['num_keypoints']
        annotation['id'] += 50
    content['categories'] = [dict(id=1, name='target')]
    (tmp_path / 'frames.json').write_text(json.dumps(content))
    return tmp_path


@pytest.fixture
def choose(run_command, data):
    def run(*arguments):
        return run_command(
            'frames-to-label',
            data / 'frames.json',
            *('--like', data / 'source.json', '--out', data / 'check.json', *arguments),
        )

    return run


def test_frames_without_boxes(choose, data):
    content = json.loads((data / 'frames.json').read_text())
    (data / 'frames.json').write_text(json.dumps(dict(content, annotations=[])))
    status, out, _ = choose('--count', 4)
    assert (status, 'check.json: 4 of 12 images to label' in out) == (0, True)
    assert len(json.loads((data / 'check.json').read_text())['annotations']) == 4


def test_a_file_for_a_labelling_tool(choose, data):
    status, out, _ = choose('--count', 4, '--copy', data / 'copies')
    assert status == 0
    assert 'check.json: 4 of 12 images to label' in out
    content = json.loads((data / 'check.json').read_text())
    (category,) = content['categories']
    assert category['keypoints'] == list(NAMES)
    assert category['skeleton'] == [[1, 3]]
    images = {image['id']: image['file_name'] for image in content['images']}
    assert len(images) == len(content['annotations']) == 4
    # the 12 frames are three videos: each has at least one
    assert {int(name[7:10]) // 4 for name in images.values()} == {0, 1, 2}
    for annotation in content['annotations']:
        assert annotation['id'] == annotation['image_id'] + 50
        assert annotation['bbox'] == [4, 4, 40, 40]
        points = np.reshape(annotation['keypoints'], (3, 3))
        assert (points[:, 2] == 0).all()
        assert (points[:, :2] > 4).all()
        assert (points[:, :2] < 44).all()
    copies = sorted((data / 'copies').rglob('*.png'))
    assert [f'target/{file.name}' for file in copies] == sorted(images.values())


def test_labelled_it_fits_the_target_set(choose, data):
    """What a person has labelled is found by the check of a training."""
    choose('--count', 3)
    content = json.loads((data / 'check.json').read_text())
    for annotation in content['annotations']:
        annotation['keypoints'] = [20, 21, 2, 30, 31, 2, 25, 26, 1]
    (data / 'check.json').write_text(json.dumps(content))
    frames = json.loads((data / 'frames.json').read_text())['images']
    zeros = np.zeros((12, 3))
    labels = PseudoLabels(
        sample_id=np.arange(50, 62),
        image_id=np.arange(12),
        file_name=np.array([str(data / frame['file_name']) for frame in frames]),
        bbox=np.tile([4.0, 4, 40, 40], (12, 1)),
        keypoints=np.zeros((12, 3, 2)),
        confidence=zeros,
        kept=zeros > 0,
        origin=zeros.astype(np.uint8),
        found=zeros[:, 0] > 0,
        threshold=np.zeros(3),
        epoch=np.array(0),
        names=np.array(NAMES),
        skeleton=np.array([[0, 2]]),
    )
    points, given = hidden_labels(data / 'check.json', labels)
    assert given.all(1).sum() == 3
    assert points[given.all(1)][0].tolist() == [[20, 21], [30, 31], [25, 26]]


def test_pseudo_labels_as_drafts(choose, data):
    drafts = dict(
        images=[dict(id=7, file_name=str(data / 'target/005.png'))],
        annotations=[dict(image_id=7, keypoints=[1, 2, 2, 3, 4, 1, 5, 6, 0])],
    )
    (data / 'epoch_0003.json').write_text(json.dumps(drafts))
    _, out, _ = choose('--count', 12, '--drafts', data / 'epoch_0003.json')
    content = json.loads((data / 'check.json').read_text())
    assert '1 of them start from' in out
    drafted = [a for a in content['annotations'] if a['num_keypoints']]
    assert [a['image_id'] for a in drafted] == [5]
    assert drafted[0]['keypoints'] == [1, 2, 2, 3, 4, 1, 5, 6, 0]
    assert drafted[0]['num_keypoints'] == 2


def test_labels_of_a_person_are_not_overwritten(choose, data):
    choose('--count', 3)
    labelled = (
        (data / 'check.json').read_text().replace('"num_keypoints": 0', '"num_keypoints": 3')
    )
    (data / 'check.json').write_text(labelled)
    status, _, error = choose('--count', 4)
    assert (status, 'check.json exists; --force overwrites it' in error) == (2, True)
    assert (data / 'check.json').read_text() == labelled
    assert choose('--count', 4, '--force')[0] == 0
    assert (data / 'check.json').read_text() != labelled


def test_other_images_are_not_overwritten(choose, data):
    other = data / 'copies/target/003.png'
    other.parent.mkdir(parents=True)
    other.write_text('mine')
    status, _, error = choose('--count', 12, '--copy', data / 'copies')
    assert (status, 'got ' in error, str(other) in error) == (2, True, True)
    assert other.read_text() == 'mine'
    assert [*other.parent.iterdir()] == [other]
    assert not (data / 'check.json').exists()
    other.unlink()
    assert choose('--count', 12, '--copy', data / 'copies')[0] == 0
    assert choose('--count', 12, '--copy', data / 'copies', '--force')[0] == 0


def test_images_without_a_box_get_ids_of_their_own(choose, data):
    content = json.loads((data / 'frames.json').read_text())
    content['annotations'] = content['annotations'][3:]
    for number, annotation in enumerate(content['annotations'], start=1):
        annotation['id'] = number
    (data / 'frames.json').write_text(json.dumps(content))
    assert choose('--count', 12)[0] == 0
    annotations = json.loads((data / 'check.json').read_text())['annotations']
    assert len({annotation['id'] for annotation in annotations}) == len(annotations) == 12
    assert annotations[0]['id'] == 10
    assert annotations[3]['id'] == 1


def test_what_is_wrong_is_named(choose, data, run_command):
    assert "--count: must be a whole number from 1, got '0'" in choose('--count', 0)[2]
    (data / 'target/003.png').unlink()
    status, _, error = choose()
    assert status == 2
    assert '003.png is missing' in error
    frames, source = data / 'frames.json', data / 'source.json'
    _, _, error = run_command('frames-to-label', frames, '--like', source, '--out', source)
    assert 'is read by this command' in error
    _, _, error = run_command(
        'frames-to-label', frames, '--like', frames, '--out', data / 'check.json'
    )
    assert 'expected a category with names of keypoints, got none' in error


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(file_name='../../mine.png'), r'images[0]: --copy needs a file_name within'),
        (dict(file_name='gone.png'), 'images[0]: '),
        (dict(id='1'), 'id must be a whole number'),
        (
            dict(file_name='target/./003.png'),
            "images[3]: expected a file_name of its own, got 'ta",
        ),
        (
            dict(bbox=[4, 4, 0, 5]),
            'annotation 50 (image 0, target/000.png): bbox [4, 4, 0, 5] is 0',
        ),
        (dict(bbox=[4, 4, 5, -1]), 'target/000.png): bbox [4, 4, 5, -1] is 5 x -1 px'),
        (dict(bbox=[90, 4, 5, 5]), 'bbox [90, 4, 5, 5] lies outside the 48 x 48 image'),
        (dict(image_id=99), 'no image has the id 99'),
    ],
)
def test_frames_that_are_not_usable(choose, data, change, message):
    content = json.loads((data / 'frames.json').read_text())
    key = 'images' if {*change} & {'id', 'file_name'} else 'annotations'
    content[key][0].update(change)
    (data / 'frames.json').write_text(json.dumps(content))
    status, _, errors = choose('--count', 4, '--copy', data / 'copies')
    assert 'check_tolerate' not in errors
    assert (status, message in errors, 'frames.json' in errors) == (2, True, True), errors
    assert not (data / 'check.json').exists()


def test_drafts_of_other_keypoints(choose, data):
    content = json.loads((data / 'source.json').read_text())
    content['annotations'][1]['keypoints'] = [1, 2, 2]
    (data / 'drafts.json').write_text(json.dumps(content))
    status, _, errors = choose('--drafts', data / 'drafts.json')
    assert status == 2
    message = 'annotations[1] of image 1 (source/001.png): keypoints has 3 numbers'
    assert f'drafts.json is not a COCO file: {message}' in errors


def test_several_drafts_of_an_image(choose, data):
    content = json.loads((data / 'target.json').read_text())
    first = content['annotations'][2]
    content['annotations'] += [dict(first, id=90, keypoints=[1, 2, 2, 3, 4, 2, 5, 6, 1])]
    (data / 'drafts.json').write_text(json.dumps(content))
    status, out, _ = choose('--count', 12, '--drafts', data / 'drafts.json')
    assert status == 0
    assert '1 drafts are left out, the last one of each image is used; the first' in out
    assert 'several is target/002.png' in out
    annotations = json.loads((data / 'check.json').read_text())['annotations']
    assert annotations[2]['keypoints'] == [1, 2, 2, 3, 4, 2, 5, 6, 1]


def test_a_skeleton_from_0_is_written_from_1(choose, data):
    content = json.loads((data / 'source.json').read_text())
    content['categories'][0]['skeleton'] = [[0, 2], [2, 1]]
    (data / 'source.json').write_text(json.dumps(content))
    _, out, _ = choose('--count', 2)
    assert f'The skeleton of {data / "source.json"} counts from 0, that of ' in out
    (category,) = json.loads((data / 'check.json').read_text())['categories']
    assert category['skeleton'] == [[1, 3], [3, 2]]


def test_messages_recommend_no_options_of_other_commands(choose, data):
    content = json.loads((data / 'source.json').read_text())
    content['categories'].append(dict(id=2, name='b', keypoints=['x', 'y'], skeleton=[]))
    (data / 'source.json').write_text(json.dumps(content))
    status, _, errors = choose()
    assert status == 2
    assert (
        'source.json is not a COCO file: several categories have keypoints: expected a'
        in errors
    )
    assert 'choose one by' not in errors


def test_crowds_and_other_categories_mark_no_animal(choose, data):
    content = json.loads((data / 'frames.json').read_text())
    content['categories'] = [dict(id=1, keypoints=['a']), dict(id=2, name='tree')]
    content['annotations'][0].update(iscrowd=1, bbox=[90, 90, 0, 0])
    content['annotations'][1].update(category_id=2, bbox=[90, 90, 5, 5])
    (data / 'frames.json').write_text(json.dumps(content))
    status, out, _ = choose('--count', 12)
    assert (status, '2 crowds or boxes of other categories are left out' in out) == (0, True)
    annotations = json.loads((data / 'check.json').read_text())['annotations']
    assert [a['bbox'] for a in annotations[:3]] == [[0, 0, 48, 48]] * 2 + [[4, 4, 40, 40]]


def test_a_size_that_is_not_that_of_the_file(choose, data):
    content = json.loads((data / 'frames.json').read_text())
    content['images'][3]['height'] += 1
    (data / 'frames.json').write_text(json.dumps(content))
    status, _, error = choose('--copy', data / 'copies')
    assert status == 2
    assert f'{data}/frames.json: images[3]: expected the width and height of ' in error
    assert 'target/003.png, 48 x 48, got 48 x 49' in error
    assert not (data / 'copies').exists()


def test_a_folder_of_copies_that_cannot_be_is_found_before_the_work(choose, data):
    (data / 'frames.json').write_text('[]')  # is not read
    for place in (data / 'check.json', data / 'check.json/copies'):
        error = choose('--copy', place)[2]
        assert f'--copy must be a folder beside the file of --out, got {place}' in error
    error = choose('--copy', data / 'source.json')[2]
    assert f'{data}/source.json: is a file, a folder is needed' in error
