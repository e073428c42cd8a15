"""The data set that is made of a project."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from helpers import label_projects
from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.projects.labels import ProjectError
from mmpose_addons_core.projects.read import read_project
from mmpose_addons_core.projects.split import split_frames
from mmpose_addons_core.projects.views import split_views
from mmpose_addons_core.projects.write import WriteSettings, write_dataset


@pytest.fixture
def project(tmp_path):
    counts = dict(a=4, b=2, c=2, d=1, e=1)
    points = {name: label_projects.labels(count) for name, count in counts.items()}
    return read_project(label_projects.deeplabcut(tmp_path / 'project', points))


def read(out, part):
    return json.loads((out / 'annotations' / f'{part}.json').read_text())


def test_videos_are_in_one_part(project, tmp_path):
    report = write_dataset(project, tmp_path / 'out')
    parts = {part: read(tmp_path / 'out', part) for part in ('train', 'val')}
    videos = {part: {image['video'] for image in c['images']} for part, c in parts.items()}
    assert videos['train'].isdisjoint(videos['val'])
    assert sum(len(content['images']) for content in parts.values()) == 10
    assert len(parts['val']['images']) == 2
    assert report['left_out'] == {}
    assert report['keypoints'] == dict.fromkeys(label_projects.BODY_PARTS, 10)


def test_the_data_set_is_clean_and_keeps_the_labels(project, tmp_path):
    out = tmp_path / 'out'
    write_dataset(project, out, WriteSettings(split='none'))
    check_coco_keypoints(
        str(out / 'annotations/train.json'), str(out / 'images'), 'decode', evaluation=True
    ).raise_for_errors()
    content = read(out, 'train')
    found = np.reshape([ann['keypoints'] for ann in content['annotations']], (-1, 3, 3))
    expected = [frame.instances[0].keypoints for frame in project.frames]
    np.testing.assert_allclose(found[..., :2], expected, atol=1e-3)
    assert (found[..., 2] == 2).all()
    box = content['annotations'][0]['bbox']
    points = expected[0]
    margin = 0.2 * (points.max(0) - points.min(0)).max()
    low, high = points.min(0) - margin, points.max(0) + margin
    low, high = np.clip(low, 0, None), np.clip(high, None, label_projects.SIZE)
    np.testing.assert_allclose(box, [*low, *(high - low)], atol=0.011)
    assert cv2.imread(str(out / 'contact_sheet.jpg')) is not None


def test_mmpose_reads_the_dataset_info(project, tmp_path):
    from mmpose.datasets.datasets.utils import parse_pose_metainfo

    write_dataset(project, tmp_path / 'out')
    info = parse_pose_metainfo(dict(from_file=str(tmp_path / 'out/dataset_info.py')))
    assert [*info['keypoint_id2name'].values()] == label_projects.BODY_PARTS
    assert info['flip_indices'] == [0, 2, 1]
    assert info['skeleton_links'] == [(0, 1), (0, 2)]
    np.testing.assert_array_equal(info['sigmas'], [np.float32(0.05)] * 3)


def test_labels_outside_the_image_are_named(tmp_path):
    points = label_projects.labels(2)
    points[0, 0, 1] = [39.4, 29.4]  # within the last pixel
    points[1, 0, 1] = [40, 3]
    root = label_projects.deeplabcut(tmp_path / 'project', {'clip': points})
    report = write_dataset(read_project(root), tmp_path / 'out')
    assert report['left_out'] == {
        'the label lies outside the image': ['clip/img001.png: left_ear at [40.0, 3.0]']
    }
    assert report['keypoints'] == dict(nose=2, left_ear=1, right_ear=2)


def test_a_keypoint_without_labels_and_a_broken_image_are_named(tmp_path):
    points = label_projects.labels(2)
    points[:, 0, 2] = np.nan
    root = label_projects.deeplabcut(tmp_path / 'project', {'clip': points})
    (root / 'labeled-data/clip/img000.png').write_bytes(b'no image')
    report = write_dataset(read_project(root), tmp_path / 'out')
    assert report['left_out']['the keypoint has no label in any frame'] == ['right_ear']
    [unreadable] = report['left_out']['the image cannot be read']
    assert unreadable.startswith('clip/img000.png: ')
    assert len(read(tmp_path / 'out', 'train')['images']) == 1


def test_a_folder_that_is_not_empty_stays(project, tmp_path):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'mine.txt').write_text('mine')
    with pytest.raises(ProjectError, match='exists and is not empty'):
        write_dataset(project, out)
    assert [file.name for file in out.iterdir()] == ['mine.txt']


def test_nothing_is_left_behind_by_an_error(tmp_path):
    root = label_projects.deeplabcut(tmp_path / 'project', {'clip': label_projects.labels(1)})
    (root / 'labeled-data/clip/img000.png').write_bytes(b'no image')
    message = r'no image of the project can be read; left out: the image cannot be read: 1 \('
    with pytest.raises(ProjectError, match=message):
        write_dataset(read_project(root), tmp_path / 'out')
    assert sorted(path.name for path in tmp_path.iterdir()) == ['project']


def test_the_split_of_a_tool_is_kept(tmp_path):
    project = read_project(label_projects.roboflow(tmp_path / 'project'))
    report = write_dataset(project, tmp_path / 'out')
    assert {part: counts['images'] for part, counts in report['parts'].items()} == {
        'train': 3,
        'val': 2,
    }
    assert read(tmp_path / 'out', 'val')['annotations'][0]['bbox'] == [1, 2, 30, 20]


@pytest.mark.parametrize(('how', 'val'), [('time', [3]), ('video', []), ('none', [])])
def test_one_video_is_split_in_time_only(tmp_path, how, val):
    root = label_projects.deeplabcut(tmp_path, {'clip': label_projects.labels(4)})
    parts = split_frames(read_project(root).frames, how)
    assert [frame.number for frame in parts['val']] == val
    assert len(parts['train']) == 4 - len(val)


def test_split_is_that_of_the_seed(project):
    def videos(seed):
        return {frame.video for frame in split_frames(project.frames, seed=seed)['val']}

    assert videos(1) == videos(1)
    assert len({tuple(sorted(videos(seed))) for seed in range(8)}) > 1


def test_views_become_instances(tmp_path):
    points = label_projects.labels(2)
    rows = ['s/img1.png', 's/img2.png']
    for row in rows:
        label_projects.write_image(tmp_path / row)
    text = label_projects.table('r', rows, points, [])
    for old, new in (
        ('left_ear', 'ear_bot'),
        ('right_ear', 'nose_bot'),
        (',nose,', ',nose_top,'),
    ):
        text = text.replace(old, new)
    (tmp_path / 'CollectedData.csv').write_text(text.replace(',nose,', ',nose_top,'))
    project = split_views(read_project(tmp_path), ['_top', '_bot'])
    assert project.keypoints == ['nose', 'ear']
    top, bottom = project.frames[0].instances
    np.testing.assert_array_equal(top.keypoints, [points[0, 0, 0], [np.nan] * 2])
    np.testing.assert_array_equal(bottom.keypoints, points[0, 0, [2, 1]])
    with pytest.raises(ProjectError, match="'nose_top' ends in none of"):
        split_views(read_project(tmp_path), ['_bot'])


@pytest.mark.parametrize(
    'settings', [dict(margin=np.nan), dict(margin=np.inf), dict(sigma=np.nan)]
)
def test_margin_and_sigma_are_finite(settings):
    with pytest.raises(ValueError, match='finite margin >= 0 and sigma > 0'):
        WriteSettings(**settings)


@pytest.mark.parametrize('make', [label_projects.roboflow, label_projects.ultralytics])
def test_a_data_set_within_the_project_is_no_input(tmp_path, make):
    root = make(tmp_path)
    first = write_dataset(read_project(root), root / 'out')
    assert write_dataset(read_project(root), root / 'again') == first
    assert read_project(root / 'out').kind == 'coco'


def test_pages_behind_the_first_one_are_counted(tmp_path):
    root = label_projects.roboflow(tmp_path / 'project')
    file = root / 'train/_annotations.coco.json'
    content = json.loads(file.read_text())
    content['images'][0]['file_name'] = 'stack.tif'
    file.write_text(json.dumps(content))
    pages = [Image.new('RGB', label_projects.SIZE, (level, 0, 0)) for level in (50, 150, 250)]
    pages[0].save(root / 'train/stack.tif', save_all=True, append_images=pages[1:])
    report = write_dataset(read_project(root), tmp_path / 'out')
    assert report['left_out'] == {
        'pages behind the first one of an image file': ['train/stack.tif: 2 to 3']
    }
