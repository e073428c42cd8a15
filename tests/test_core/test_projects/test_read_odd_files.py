"""Projects with the oddities of real ones: each is read, or named in a sentence."""

import json
import unicodedata

import numpy as np
import pytest

from helpers import label_projects
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.read import read_project
from mmpose_addons_core.projects.write import write_dataset


@pytest.fixture
def root(tmp_path):
    """A DeepLabCut project of three frames of the video ``a``."""
    return label_projects.deeplabcut(tmp_path / 'project', {'a': label_projects.labels(3)})


def table_of(root, video='a'):
    return root / 'labeled-data' / video / 'CollectedData_ana.csv'


def change(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def keypoints(project):
    return np.stack([frame.instances[0].keypoints for frame in project.frames])


def test_a_body_part_that_the_config_has_lost(root):
    change(root / 'config.yaml', 'left_ear, right_ear]', 'left_ear]')
    project = read_project(root)
    assert project.keypoints == ['nose', 'left_ear']
    np.testing.assert_array_equal(keypoints(project), label_projects.labels(3)[:, 0, :2])
    assert project.left_out == {
        'labels of a body part that config.yaml does not have': ['right_ear'],
        'links of the skeleton between body parts that do not exist': ['nose - right_ear'],
    }


def test_the_example_skeleton_of_a_new_project(root):
    config = root / 'config.yaml'
    config.write_text(config.read_text() + '- [bodypart1, bodypart2]\n- objectA\n')
    project = read_project(root)
    assert project.skeleton == [(0, 1), (0, 2)]
    reason = 'links of the skeleton between body parts that do not exist'
    assert project.left_out[reason] == ['bodypart1 - bodypart2', "'objectA'"]


def test_labels_of_other_scorers_only(root):
    text = table_of(root).read_text()
    for name in ('bob', 'eve'):
        file = table_of(root).with_name(f'CollectedData_{name}.csv')
        file.write_text(text.replace('ana', name))
    table_of(root).unlink()
    message = r"no labelled frame of 'ana'; left out: .* --scorer takes the labels of bob, eve"
    with pytest.raises(ProjectError, match=message):
        read_project(root)
    assert len(read_project(root, scorer='eve').frames) == 3


def test_all_images_are_gone(root):
    for image in root.rglob('*.png'):
        image.unlink()
    message = r'left out: the image is missing: 3 \(labeled-data/a/img000\.png\)'
    with pytest.raises(ProjectError, match=message):
        read_project(root)


@pytest.mark.parametrize('decimal', ['.', ','])
def test_a_table_that_a_spreadsheet_has_saved(root, decimal):
    lines = table_of(root).read_text().splitlines()
    rows = [line.replace(',', ';') for line in lines]
    for index in range(3, len(rows)):
        name, _, values = rows[index].partition(';')
        rows[index] = f'{name};{values.replace(".", decimal)}'
    table_of(root).write_bytes('\r\n'.join(rows).encode('utf-8-sig'))
    np.testing.assert_array_equal(keypoints(read_project(root)), label_projects.labels(3)[:, 0])


def test_names_in_the_encoding_of_windows(root):
    for file in (root / 'config.yaml', table_of(root)):
        file.write_bytes(file.read_text().replace('nose', 'Schnauze ä').encode('cp1252'))
    assert read_project(root).keypoints[0] == 'Schnauze ä'


def test_names_with_spaces_and_letters_of_any_language(tmp_path):
    points = {'Maus über 1': label_projects.labels(2), '鼠': label_projects.labels(2)}
    root = label_projects.deeplabcut(tmp_path / 'mein Projekt', points)
    report = write_dataset(read_project(root), tmp_path / 'neuer Ordner')
    assert sum(part['images'] for part in report['parts'].values()) == 4
    assert report['left_out'] == {}


def test_capitals_that_windows_does_not_tell_apart(root):
    image = root / 'labeled-data/a/img001.png'
    image.rename(image.with_name('IMG001.PNG'))
    assert [frame.image.name for frame in read_project(root).frames] == [
        'img000.png',
        'IMG001.PNG',
        'img002.png',
    ]


@pytest.mark.parametrize(('label', 'file'), [('NFC', 'NFD'), ('NFD', 'NFC')])
@pytest.mark.parametrize('tool', ['deeplabcut', 'coco', 'ultralytics'])
def test_letters_that_macos_decomposes(tmp_path, tool, label, file):
    name, there = (unicodedata.normalize(form, 'épée') for form in (label, file))
    if tool == 'deeplabcut':
        root = label_projects.deeplabcut(tmp_path, {name: label_projects.labels(1)})
        image = root / 'labeled-data' / name / 'img000.png'
        image = image.rename(image.with_name(f'img{there}.png'))
        change(table_of(root, name), 'img000', f'img{name}')
    elif tool == 'coco':
        root = label_projects.roboflow(tmp_path)
        image = root / 'train/train0_jpg.rf.abc.jpg'
        image = image.rename(image.with_name(f'{there}.jpg'))
        content = json.loads((root / 'train/_annotations.coco.json').read_text())
        content['images'][0]['file_name'] = f'{name}.jpg'
        (root / 'train/_annotations.coco.json').write_text(json.dumps(content))
    else:
        root = label_projects.ultralytics(tmp_path)
        image = (root / 'images/train/0.png').rename(root / f'images/train/{there}.png')
        (root / 'labels/train/0.txt').rename(root / f'labels/train/{name}.txt')
    project = read_project(root)
    assert image in {frame.image for frame in project.frames}
    assert project.left_out == {}


@pytest.mark.parametrize('form', ['table', 'fixed'])
@pytest.mark.parametrize('index', ['paths', 'folders'])
def test_hdf5_of_several_animals(tmp_path, form, index):
    pd = pytest.importorskip('pandas')
    pytest.importorskip('tables')
    points = label_projects.labels(3, animals=2)
    root = label_projects.deeplabcut(tmp_path, {'a': points}, ['m1', 'm2'])
    csv = table_of(root)
    frame = pd.read_csv(csv, header=[0, 1, 2, 3], index_col=0)
    if index == 'folders':
        if form == 'table':
            pytest.skip('pandas writes rows of several levels as columns of the table')
        frame.index = pd.MultiIndex.from_tuples([tuple(row.split('/')) for row in frame.index])
    csv.unlink()
    frame.to_hdf(csv.with_suffix('.h5'), key='df_with_missing', format=form, mode='w')
    project = read_project(root)
    found = [[i.keypoints for i in frame.instances] for frame in project.frames]
    np.testing.assert_array_equal(found, points)
    assert [i.track for i in project.frames[0].instances] == ['m1', 'm2']


def test_the_folder_above_or_below_is_named(root):
    for path in (root.parent, root / 'labeled-data'):
        with pytest.raises(ProjectError, match=rf'is it {root} \(deeplabcut\)'):
            read_project(path)


def test_lightning_pose_with_its_own_config(tmp_path):
    rows = ['labeled-data/s1/img1.png']
    label_projects.write_image(tmp_path / rows[0])
    text = label_projects.table('r', rows, label_projects.labels(1), [])
    (tmp_path / 'CollectedData.csv').write_text(text)
    (tmp_path / 'config.yaml').write_text('data:\n  keypoint_names: [nose]\n')
    assert read_project(tmp_path).kind == 'lightning-pose'
    other = (tmp_path / 'CollectedData.csv').rename(tmp_path / 'labels_top.csv')
    assert len(read_project(other).frames) == 1


@pytest.mark.parametrize(
    'name',
    [
        r'..\..\label-studio\data\media\upload\2\train0_jpg.rf.abc.jpg',
        'https://example.org/upload/train0_jpg.rf.abc.jpg',
        r'C:\data\train0_jpg.rf.abc.jpg',
    ],
)
def test_coco_names_of_another_machine(tmp_path, name):
    root = label_projects.roboflow(tmp_path)
    file = root / 'train/_annotations.coco.json'
    content = json.loads(file.read_text())
    content['images'][0]['file_name'] = name
    file.write_text(json.dumps(content))
    assert len(read_project(root).frames) == 5
    content['images'][1]['file_name'] = name.replace('upload', 'other').replace('data', 'dat')
    file.write_text(json.dumps(content))
    assert len(read_project(root).left_out['the image is missing']) == 2


def test_a_coco_image_that_was_moved_out_of_the_project(tmp_path):
    root = label_projects.roboflow(tmp_path / 'project')
    image = root / 'valid/valid0_jpg.rf.abc.jpg'
    moved = image.rename(tmp_path / 'elsewhere.jpg')
    frames = read_project(root, replacements={image.name: moved}).frames
    assert [frame.image for frame in frames].count(moved) == 1


def test_ultralytics_with_the_same_images_in_two_parts(tmp_path):
    root = label_projects.ultralytics(tmp_path)
    config = root / 'data.yaml'
    config.write_text(config.read_text() + 'val: images/train\ntest: images/test\n')
    project = read_project(root)
    assert [frame.split for frame in project.frames] == ['train'] * 2
    assert project.left_out == {
        'the image is in an earlier part too': [
            'val: images/train/0.png',
            'val: images/train/1.png',
        ],
        'the folder or list has no images': ['test: images/test'],
    }


def test_ultralytics_with_a_list_of_images_and_a_box_without_keypoints(tmp_path):
    root = label_projects.ultralytics(tmp_path)
    (root / 'train.txt').write_text('./images/train/0.png\nimages/train/1.png\n')
    change(root / 'data.yaml', 'train: images/train', 'train: train.txt')
    labels = root / 'labels/train/0.txt'
    labels.write_text(labels.read_text() + '0 0.5 0.5 0.1 0.1\n')
    project = read_project(root)
    assert len(project.frames) == 2
    assert project.left_out == {'a box without keypoints': ['0.txt: line 2']}


@pytest.mark.parametrize('value', ['nan', '-0.2', '1.3'])
def test_ultralytics_with_numbers_outside(tmp_path, value):
    root = label_projects.ultralytics(tmp_path / 'data')
    labels = root / 'labels/train/1.txt'
    words = labels.read_text().split()
    labels.write_text(' '.join([*words[:5], value, *words[6:]]))
    report = write_dataset(read_project(root), tmp_path / 'out')
    assert report['keypoints'] == {'0': 1, '1': 2, '2': 2}
    assert ('the label lies outside the image' in report['left_out']) == (value != 'nan')


def test_sleap_without_its_video_says_what_to_do(tmp_path):
    pytest.importorskip('sleap_io')
    file = label_projects.sleap(tmp_path, embed=False)
    for image in (tmp_path / 'clip').iterdir():
        image.unlink()
    message = r'left out: the video is missing: 3 .*; --moved NAME=PATH says where a video is'
    with pytest.raises(ProjectError, match=message):
        read_project(file)


def test_symmetries_of_sleap_are_taken(tmp_path):
    """Those that the skeleton states, which no name tells; others by their names."""
    sio = pytest.importorskip('sleap_io')
    file = label_projects.sleap(tmp_path, embed=False)
    labels = sio.load_slp(str(file))
    assert read_project(file).pairs is None
    skeleton = labels.skeletons[0]
    for old, new in (('nose', 'paw1'), ('left_ear', 'paw2')):
        skeleton.rename_node(old, new)
    skeleton.add_symmetry('paw2', 'paw1')
    labels.save(str(file), embed=False, verbose=False)
    assert read_project(file).pairs == [(0, 1)]


@pytest.mark.parametrize('same', [True, False])
def test_a_merged_sleap_file_has_two_skeletons(tmp_path, same):
    sio = pytest.importorskip('sleap_io')
    file = label_projects.sleap(tmp_path, embed=False)
    labels = sio.load_slp(str(file))
    names = [*label_projects.BODY_PARTS] if same else ['head', 'tip']
    second = sio.Skeleton(names, name='second')
    labels.skeletons.append(second)
    points = np.full((len(names), 2), 5.0)
    instances = [sio.Instance.from_numpy(points, skeleton=second)]
    labels.labeled_frames[2].instances = instances
    labels.save(str(file), embed=False, verbose=False)
    if same:
        frames = read_project(file).frames
        assert [len(frame.instances) for frame in frames] == [2, 2, 1]
        np.testing.assert_array_equal(frames[2].instances[0].keypoints, points)
        return
    with pytest.raises(ProjectError, match=r'skeletons of the same keypoints, got 2: .*second'):
        read_project(file)


def test_frames_of_sleap_without_labels_are_counted(tmp_path):
    """Suggested frames are no labels; negative ones have none."""
    sio = pytest.importorskip('sleap_io')
    file = label_projects.sleap(tmp_path, embed=False)
    labels = sio.load_slp(str(file))
    labels.suggestions.append(sio.SuggestionFrame(video=labels.videos[0], frame_idx=2))
    labels.labeled_frames[1].instances.clear()
    labels.labeled_frames[1].is_negative = True
    labels.save(str(tmp_path / 'labels.pkg.slp'), embed='user+suggestions', verbose=False)
    project = read_project(tmp_path / 'labels.pkg.slp')
    assert [frame.number for frame in project.frames] == [0, 2]
    report = write_dataset(project, tmp_path / 'out')
    assert sum(part['images'] for part in report['parts'].values()) == 2


def test_labels_of_two_scorers_are_not_mixed(tmp_path):
    """A folder that only another scorer has labelled is left out and named."""
    points = {'a': label_projects.labels(2), 'b': label_projects.labels(3)}
    root = label_projects.deeplabcut(tmp_path / 'project', points)
    table = root / 'labeled-data/a/CollectedData_ana.csv'
    (root / 'labeled-data/a/CollectedData_bob.csv').write_text(table.read_text())
    project = read_project(root, scorer='bob')
    assert {frame.video for frame in project.frames} == {'a'}
    assert project.left_out['labels of another scorer'] == [
        'labeled-data/a/CollectedData_ana.csv',
        'labeled-data/b/CollectedData_ana.csv',
    ]
    with pytest.raises(ProjectError, match=r"frame of 'carl'.*--scorer takes .* of ana, bob"):
        read_project(root, scorer='carl')
    change(root / 'config.yaml', 'scorer: ana', 'scorer: carl')
    with pytest.raises(ProjectError, match="no labelled frame of 'carl'"):
        read_project(root)
    (root / 'labeled-data/a/CollectedData_bob.csv').unlink()
    assert len(read_project(root).frames) == 5  # one scorer, with another name


def test_half_a_label_is_counted(root):
    values = label_projects.labels(3)
    values[1, 0, 2, 1] = np.nan
    rows = [f'labeled-data/a/img{number:03d}.png' for number in range(3)]
    table_of(root).write_text(label_projects.table('ana', rows, values, []))
    project = read_project(root)
    assert np.isnan(project.frames[1].instances[0].keypoints[2]).all()
    assert project.left_out == {
        'a label with only one coordinate': ['labeled-data/a/img001.png right_ear']
    }


def long_name(root):
    """In the table of DeepLabCut."""
    change(table_of(root), 'labeled-data/a/img000.png,', 'x' * 10000 + ',1,')


def long_image(root):
    """The system refuses such names by another error than that of a missing file."""
    (table_of(root).with_name('img001.png')).unlink()
    change(table_of(root), 'labeled-data/a/img000.png', 'x' * 10000)
    change(table_of(root), 'labeled-data/a/img002.png', 'y' * 10000)


@pytest.mark.parametrize(
    'spoil',
    [
        long_name,
        long_image,
        lambda root: change(table_of(root), 'bodyparts', 'x' * 10000),
        lambda root: change(root / 'config.yaml', 'right_ear]', 'right_ear, [' + 'x' * 10000),
        lambda root: change(root / 'config.yaml', '[nose, left_ear, right_ear]', 'x' * 10000),
    ],
)
def test_messages_are_short(root, spoil):
    spoil(root)
    with pytest.raises(ProjectError) as error:
        read_project(root)
    assert len(str(error.value)) < 800 + 3 * len(str(root))
