"""Data sets of Ultralytics with settings and files that are wrong or missing."""

import pytest

from helpers import label_projects
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.read import read_project


@pytest.fixture
def root(tmp_path):
    return label_projects.ultralytics(tmp_path / 'data')


def change(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize('flip', ['[0, 2]', '[0, 1, 1]', '[1, 2, 0]', '[0, 2, x]', '7'])
def test_mirror_indices_that_make_no_sense(root, flip):
    change(root / 'data.yaml', '[0, 2, 1]', flip)
    with pytest.raises(ProjectError, match='flip_idx: expected the 3 keypoints, each with'):
        read_project(root)


def test_without_mirror_indices_the_names_count(root):
    change(
        root / 'data.yaml', 'flip_idx: [0, 2, 1]', 'kpt_names: {0: [nose, left_ear, right_ear]}'
    )
    assert read_project(root).pairs is None


@pytest.mark.parametrize('shape', ['[3]', '[x, 3]', '[3, 4]', '[3.5, 2]'])
def test_shapes_that_make_no_sense(root, shape):
    change(root / 'data.yaml', '[3, 3]', shape)
    with pytest.raises(ProjectError, match='kpt_shape: expected'):
        read_project(root)


def test_a_root_beside_the_file(root, tmp_path):
    file = (root / 'data.yaml').rename(tmp_path / 'data.yaml')
    change(file, '/gone', 'data')
    assert len(read_project(file).frames) == 2


def test_images_that_are_missing_or_broken_are_counted(root):
    (root / 'images/train/0.png').write_bytes(b'no image')
    labels = root / 'labels/train'
    (labels / 'gone.txt').write_text((labels / '1.txt').read_text())
    (labels / 'classes.txt').write_text('mouse\n')
    project = read_project(root)
    assert [frame.name for frame in project.frames] == ['1.png']
    lost = project.left_out
    assert lost.pop('the image is missing') == [f'train: {labels / "gone.txt"}']
    ((reason, where),) = lost.items()
    assert reason == 'the image cannot be read'
    assert where[0].startswith(str(root / 'images/train/0.png'))


def test_a_missing_image_of_a_list_is_counted(root):
    (root / 'train.txt').write_text('./images/train/0.png\nimages/train/9.png\n')
    change(root / 'data.yaml', 'train: images/train', 'train: train.txt')
    project = read_project(root)
    assert len(project.frames) == 1
    assert project.left_out == {
        'the image is missing': [f'train: {root / "images/train/9.png"}']
    }


def test_an_animal_without_keypoints_beside_another_is_counted(root):
    file = root / 'labels/train/1.txt'
    file.write_text(file.read_text() + '0 0.5 0.5 0.2 0.2' + ' 0 0 0' * 3 + '\n')
    project = read_project(root)
    assert [len(frame.instances) for frame in project.frames] == [1, 1]
    assert project.left_out == {
        'an animal without a labelled keypoint, beside others': ['1.txt']
    }


def test_labels_that_are_no_text_are_named(root):
    file = root / 'labels/train/0.txt'
    file.write_bytes(b'\xff\xfe')
    with pytest.raises(ProjectError, match=r'0\.txt: line 1: expected 5 \+ 3 x 3 numbers'):
        read_project(root)


@pytest.mark.parametrize('value', ['nan', 'inf', '-inf'])
def test_values_that_are_not_finite_are_counted(root, value):
    file = root / 'labels/train/0.txt'
    words = file.read_text().split()
    file.write_text(
        ' '.join([words[0], value, *words[2:5], value, *words[6:10], '3', *words[11:]])
    )
    project = read_project(root)
    (instance,) = project.frames[0].instances
    assert instance.box is None
    assert instance.labelled.tolist() == [False, False, True]
    odd, finite = (
        project.left_out[f'a label whose {which}']
        for which in ('visibility is not 0, 1 or 2', 'coordinates are not finite')
    )
    assert odd == [f'0.txt: line 1: 1: [{float(words[8])}, {float(words[9])}, 3.0]']
    assert finite == [f'0.txt: line 1: 0: [{value}, {float(words[6])}, 2.0]']
    assert project.left_out['a box without a usable size; that of the keypoints is taken'] == [
        f'0.txt: line 1: [{value}, 0.5, 0.4, 0.6]'
    ]


def test_names_of_keypoints_by_class(root):
    """Keypoints of the second class had the names of the first one."""
    names = (
        'kpt_names:\n  mouse: [nose, left_ear, right_ear]\n  1: [tip, left_wing, right_wing]\n'
    )
    change(root / 'data.yaml', 'names: {0: mouse}', f'names: [mouse, fly, worm]\n{names}')
    file = root / 'labels/train/1.txt'
    line = file.read_text()[1:]
    file.write_text(f'1{line}2{line}')
    project = read_project(root)
    assert project.keypoints == [
        *('nose', 'left_ear', 'right_ear', 'tip', 'left_wing', 'right_wing')
    ]
    assert project.pairs == [(1, 2), (4, 5)]
    labelled = [frame.instances[0].labelled.tolist() for frame in project.frames]
    assert labelled == [[True] * 3 + [False] * 3, [False] * 3 + [True] * 3]
    assert project.left_out == {
        'an animal of a class that kpt_names does not have': ['1.txt: line 2: class 2']
    }


def test_files_beside_the_data_set(root):
    """Settings of other programs, and the copies of attributes that macOS writes."""
    (root / 'other.yaml').write_text('[not: closed')
    (root / 'list.yml').write_text('- 1')
    (root / 'images/train/._0.png').write_bytes(b'Mac OS X')
    (root / 'labels/train/._0.txt').write_bytes(b'Mac OS X')
    project = read_project(root)
    assert len(project.frames) == 2
    assert project.left_out == {}
    (root / 'data.yaml').write_text('kpt_shape: [3')
    with pytest.raises(ProjectError, match=r'data\.yaml: cannot be read'):
        read_project(root)
