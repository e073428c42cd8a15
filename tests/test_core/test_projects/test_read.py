"""Projects of each tool, with the labels that were written."""

import json

import numpy as np
import pytest

from helpers import label_projects
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.read import read_project


def keypoints(project, animal=0):
    return np.stack([frame.instances[animal].keypoints for frame in project.frames])


@pytest.mark.parametrize('separator', ['/', '\\'])
def test_deeplabcut_of_one_animal(tmp_path, separator):
    points = {'one': label_projects.labels(3), 'two': label_projects.labels(2)}
    points['two'][1, 0, 1] = np.nan
    project = read_project(label_projects.deeplabcut(tmp_path, points, separator=separator))
    assert project.kind == 'deeplabcut'
    assert project.keypoints == label_projects.BODY_PARTS
    assert project.skeleton == [(0, 1), (0, 2)]
    assert [frame.video for frame in project.frames] == ['one'] * 3 + ['two'] * 2
    assert [frame.number for frame in project.frames] == [0, 1, 2, 0, 1]
    expected = np.concatenate([points['one'], points['two']])[:, 0]
    np.testing.assert_array_equal(keypoints(project), expected)
    assert project.left_out == {}


def test_deeplabcut_of_several_animals(tmp_path):
    points = {'pair': label_projects.labels(2, animals=2)}
    points['pair'][1, 1] = np.nan  # only one animal in the second frame
    project = read_project(label_projects.deeplabcut(tmp_path, points, ['m1', 'm2']))
    assert [[i.track for i in frame.instances] for frame in project.frames] == [
        ['m1', 'm2'],
        ['m1'],
    ]
    np.testing.assert_array_equal(
        project.frames[0].instances[1].keypoints, points['pair'][0, 1]
    )


def test_what_is_left_out_is_named(tmp_path):
    points = {'clip': label_projects.labels(4)}
    points['clip'][2] = np.nan
    root = label_projects.deeplabcut(tmp_path, points)
    (root / 'labeled-data/clip/img001.png').unlink()
    other = root / 'labeled-data/clip/CollectedData_bob.csv'
    other.write_text((root / 'labeled-data/clip/CollectedData_ana.csv').read_text())
    project = read_project(root)
    assert [frame.name for frame in project.frames] == ['img000.png', 'img003.png']
    assert project.left_out == {
        'labels of another scorer': ['labeled-data/clip/CollectedData_bob.csv'],
        'the image is missing': ['labeled-data/clip/img001.png'],
        'no keypoint is labelled': ['labeled-data/clip/img002.png'],
    }


def test_a_moved_project_finds_its_images(tmp_path):
    root = label_projects.deeplabcut(tmp_path / 'old', {'clip': label_projects.labels(2)})
    file = root / 'labeled-data/clip/CollectedData_ana.csv'
    file.write_text(file.read_text().replace('labeled-data/', r'C:\Users\ana\p\labeled-data\\'))
    root = root.rename(tmp_path / 'new')
    assert len(read_project(root).frames) == 2


def test_deeplabcut_reads_hdf5_where_there_is_no_csv(tmp_path, monkeypatch):
    pd = pytest.importorskip('pandas')
    pytest.importorskip('tables')
    points = {'one': label_projects.labels(3)}
    root = label_projects.deeplabcut(tmp_path, points)
    csv = root / 'labeled-data/one/CollectedData_ana.csv'
    frame = pd.read_csv(csv, header=[0, 1, 2], index_col=0)
    csv.unlink()
    for form in ('table', 'fixed'):
        frame.to_hdf(csv.with_suffix('.h5'), key='df_with_missing', format=form, mode='w')
        np.testing.assert_array_equal(keypoints(read_project(root)), points['one'][:, 0])


@pytest.mark.parametrize(
    ('form', 'message'),
    [('fixed', 'got objects in nose x'), ('table', 'could not convert string to float')],
)
def test_hdf5_with_a_column_of_words_is_named(tmp_path, form, message):
    pd = pytest.importorskip('pandas')
    pytest.importorskip('tables')
    root = label_projects.deeplabcut(tmp_path, {'one': label_projects.labels(3)})
    csv = root / 'labeled-data/one/CollectedData_ana.csv'
    frame = pd.read_csv(csv, header=[0, 1, 2], index_col=0)
    frame[frame.columns[0]] = np.array(['4.5', 'left', '7'], object)
    csv.unlink()
    frame.to_hdf(csv.with_suffix('.h5'), key='df_with_missing', format=form, mode='w')
    with pytest.raises(ProjectError, match=rf'CollectedData_ana\.h5: not a table.*{message}'):
        read_project(root)


def test_hdf5_with_code_in_it_is_refused(tmp_path):
    h5py = pytest.importorskip('h5py')
    root = label_projects.deeplabcut(tmp_path, {'one': label_projects.labels(1)})
    csv = root / 'labeled-data/one/CollectedData_ana.csv'
    csv.unlink()
    with h5py.File(csv.with_suffix('.h5'), 'w') as file:
        group = file.create_group('df_with_missing')
        group.attrs['non_index_axes'] = np.bytes_(b"cos\nsystem\n(S'touch evil'\ntR.")
        group['table'] = np.zeros(1, [('index', 'S3'), ('values_block_0', 'f8', (2,))])
    with pytest.raises(ProjectError, match=r'CollectedData_ana.h5: .*it names os.system'):
        read_project(root)


def test_lightning_pose(tmp_path):
    points = label_projects.labels(2)
    rows = ['labeled-data/s1/img1.png', 'labeled-data/s2/img7.png']
    for row in rows:
        label_projects.write_image(tmp_path / row)
    (tmp_path / 'CollectedData.csv').write_text(label_projects.table('r', rows, points, []))
    project = read_project(tmp_path)
    assert project.kind == 'lightning-pose'
    assert [(frame.video, frame.number) for frame in project.frames] == [('s1', 1), ('s2', 7)]
    np.testing.assert_array_equal(keypoints(project), points[:, 0])


@pytest.mark.parametrize('embed', [False, True])
def test_sleap(tmp_path, embed):
    pytest.importorskip('sleap_io')
    project = read_project(label_projects.sleap(tmp_path, embed))
    assert project.keypoints == label_projects.BODY_PARTS
    assert project.skeleton == [(0, 1)]
    assert [[i.track for i in frame.instances] for frame in project.frames] == [['a', 'b']] * 3
    np.testing.assert_allclose(keypoints(project, 1), label_projects.labels(3, 2)[:, 1])
    if embed:
        assert project.frames[2].image().shape == (30, 40, 3)


def test_label_studio(tmp_path):
    pytest.importorskip('sleap_io')
    project = read_project(label_projects.label_studio(tmp_path))
    assert project.kind == 'label-studio'
    order = [project.keypoints.index(name) for name in label_projects.BODY_PARTS]
    np.testing.assert_allclose(keypoints(project)[0, order], label_projects.labels(1)[0, 0])


def test_roboflow(tmp_path):
    project = read_project(label_projects.roboflow(tmp_path))
    assert project.kind == 'coco'
    assert [frame.split for frame in project.frames] == ['train'] * 3 + ['val'] * 2
    np.testing.assert_array_equal(keypoints(project)[:3], label_projects.labels(3)[:, 0])
    assert project.frames[0].instances[0].box == (1, 2, 30, 20)


@pytest.mark.parametrize('dimensions', [2, 3])
def test_ultralytics(tmp_path, dimensions):
    project = read_project(label_projects.ultralytics(tmp_path, dimensions))
    assert project.pairs == [(1, 2)]
    assert project.keypoints == ['0', '1', '2']
    np.testing.assert_allclose(keypoints(project), label_projects.labels(2)[:, 0])
    assert project.frames[0].instances[0].hidden.tolist() == [False, False, dimensions == 3]
    np.testing.assert_allclose(project.frames[0].instances[0].box, (12, 6, 16, 18))


@pytest.mark.parametrize(
    ('cell', 'message'),
    [
        ('abc', "img000.png, nose x: expected a number, got 'abc'"),
        ('inf', "img000.png, nose x: expected a number, got 'inf'"),
        ('1,2', 'img000.png: expected 6 values, got 7'),
    ],
)
def test_broken_tables_are_named(tmp_path, cell, message):
    root = label_projects.deeplabcut(tmp_path, {'one': label_projects.labels(1)})
    file = root / 'labeled-data/one/CollectedData_ana.csv'
    *head, row = file.read_text().splitlines()
    cells = row.split(',')
    cells[1] = cell
    file.write_text('\n'.join([*head, ','.join(cells)]))
    with pytest.raises(ProjectError, match=message):
        read_project(root)


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ('img001', 'img000', "each row once, got 1 .* such as 'labeled-data/one/img000.png'"),
        ('left_ear', 'nose', "each column once, got 2 .* such as 'nose x'"),
        ('left_ear', ' ', 'a name of each body part, got an empty one'),
    ],
)
def test_names_of_a_table_are_unique(tmp_path, old, new, message):
    root = label_projects.deeplabcut(tmp_path, {'one': label_projects.labels(2)})
    file = root / 'labeled-data/one/CollectedData_ana.csv'
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(ProjectError, match=message):
        read_project(root)


def test_unknown_and_ambiguous_projects(tmp_path):
    with pytest.raises(ProjectError, match='no project of deeplabcut, sleap'):
        read_project(tmp_path)
    with pytest.raises(ProjectError, match='does not exist'):
        read_project(tmp_path / 'gone')
    label_projects.roboflow(tmp_path)
    label_projects.ultralytics(tmp_path / 'more')
    (tmp_path / 'more/data.yaml').rename(tmp_path / 'data.yaml')
    with pytest.raises(ProjectError, match='more than one kind of project: ultralytics, coco'):
        read_project(tmp_path)


def test_annotations_of_no_image_are_counted(tmp_path):
    root = label_projects.roboflow(tmp_path)
    file = root / 'valid/_annotations.coco.json'
    content = json.loads(file.read_text())
    content['annotations'][0]['image_id'] = 99
    file.write_text(json.dumps(content))
    left_out = read_project(root).left_out
    assert left_out['the annotation has no image'] == ['_annotations.coco.json: 0 of 99']


@pytest.mark.real_data
@pytest.mark.parametrize(
    ('name', 'kind', 'frames', 'first'),
    [
        ('deeplabcut_openfield', 'deeplabcut', 116, [21.521, 265.428]),
        ('lightning_pose_mirror_mouse', 'lightning-pose', 90, [77.25, 36.25]),
        ('sleap/small_robot_minimal.slp', 'sleap', 2, [316.48974668, 47.69157075]),
        ('sleap/tracks', 'sleap', 1500, [335.25, 444.75]),
    ],
)
def test_real_projects(sample_data, name, kind, frames, first):
    if kind == 'sleap':
        pytest.importorskip('sleap_io')
    project = read_project(sample_data / 'projects' / name)
    assert (project.kind, len(project.frames)) == (kind, frames)
    np.testing.assert_allclose(project.frames[0].instances[0].keypoints[0], first)


@pytest.mark.real_data
def test_our_table_is_that_of_sleap_io(sample_data):
    """The order of names is the project's here and alphabetical there."""
    sio = pytest.importorskip('sleap_io')
    root = sample_data / 'projects/deeplabcut_openfield'
    theirs = sio.load_file(str(root / 'labeled-data/m4s1/CollectedData_Pranav.csv'))
    project = read_project(root)
    order = [theirs.skeletons[0].node_names.index(name) for name in project.keypoints]
    expected = [frame.instances[0].numpy()[order] for frame in theirs.labeled_frames]
    np.testing.assert_array_equal(keypoints(project), expected)


def test_a_missing_image_is_not_replaced_by_that_of_another_video(tmp_path):
    points = {'a': label_projects.labels(2), 'b': label_projects.labels(2)}
    root = label_projects.deeplabcut(tmp_path, points)
    (root / 'labeled-data/a/img000.png').unlink()
    project = read_project(root)
    assert [(frame.video, frame.number) for frame in project.frames] == [
        ('a', 1),
        ('b', 0),
        ('b', 1),
    ]
    assert project.left_out == {'the image is missing': ['labeled-data/a/img000.png']}


def test_one_image_is_not_taken_for_two_records(tmp_path):
    root = label_projects.roboflow(tmp_path)
    file = root / 'valid/_annotations.coco.json'
    content = json.loads(file.read_text())
    content['images'][0]['file_name'] = 'train0_jpg.rf.abc.jpg'
    file.write_text(json.dumps(content))
    with pytest.raises(ProjectError, match='the only match for two paths'):
        read_project(root)
