"""The folder of labels is checked before anything runs."""

import json
import shutil

import pytest

from helpers.labelled_animals import write_labelled
from mmpose_addons_core.datasets.coco_check import DatasetError
from mmpose_addons_core.training_plan import PlanError, read_labelled


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    return write_labelled(tmp_path_factory.mktemp('labelled'), images=5)


@pytest.fixture
def folder(whole, tmp_path):
    """A copy whose files a test may change."""
    return shutil.copytree(whole, tmp_path / 'labelled')


def change(folder, part, function):
    file = folder / f'annotations/{part}.json'
    content = json.loads(file.read_text())
    function(content)
    file.write_text(json.dumps(content))


def test_a_whole_folder(folder):
    labelled = read_labelled(folder)
    assert len(labelled.keypoints) == 18
    assert len(labelled.boxes) == 4
    assert labelled.has_val
    change(folder, 'val', lambda content: content.update(images=[], annotations=[]))
    assert not read_labelled(folder).has_val


def test_a_missing_file_is_named(folder):
    (folder / 'dataset_info.py').unlink()
    with pytest.raises(PlanError, match=r'dataset_info.py is missing: expected a folder of'):
        read_labelled(folder)


def test_other_keypoints_in_val_are_named(folder):
    change(folder, 'val', lambda content: content['categories'][0]['keypoints'].pop())
    message = r'val\.json: .* got 17; the first difference is keypoint 17: .*, got none$'
    with pytest.raises(PlanError, match=message):
        read_labelled(folder)


def test_messages_recommend_no_options_of_other_commands(folder):
    change(folder, 'train', lambda content: content['annotations'][1].update(image_id=999))
    with pytest.raises(DatasetError, match='no image has the id 999') as error:
        read_labelled(folder)
    assert 'check_tolerate' not in str(error.value)

    def add(content):
        content['categories'].append(dict(id=2, name='b', keypoints=['x', 'y']))

    change(folder, 'val', add)
    message = r'val\.json .* several categories have keypoints: expected a file with one, got '
    with pytest.raises(ValueError, match=message):
        read_labelled(folder)


def test_an_image_that_cannot_be_decoded_is_named(folder):
    image = next((folder / 'images/train').iterdir())
    image.write_bytes(image.read_bytes()[:200])
    with pytest.raises(DatasetError, match=image.name):
        read_labelled(folder)


def test_a_folder_without_labels(folder):
    def hide(content):
        for annotation in content['annotations']:
            annotation['keypoints'] = [0] * 54
            annotation['num_keypoints'] = 0

    change(folder, 'train', hide)
    with pytest.raises(DatasetError, match='none of 4 annotations is usable'):
        read_labelled(folder)


def test_images_of_several_animals_are_known(folder):
    assert read_labelled(folder).several == ''
    assert read_labelled(folder).images_of_boxes == ((64.0, 64.0),) * 4
    assert read_labelled(folder).tested == 1

    def double(content):
        content['annotations'].append(dict(content['annotations'][1], id=99))

    change(folder, 'train', double)
    assert read_labelled(folder).several.endswith('train.json has 2')
