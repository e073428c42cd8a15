import json

import cv2
import numpy as np
import pytest

from mmpose_addons.visualization import draw_pose, pose_sheet
from mmpose_addons_core.keypoints.sides import SIDE_COLOURS

LEFT, RIGHT, MIDDLE = (SIDE_COLOURS[side][::-1] for side in ('left', 'right', ''))
NAMES = ['nose', *(f'{side}_{i}' for i in range(8) for side in ('left', 'right'))]


def test_pose_is_drawn_where_it_is_and_by_side():
    image = np.zeros((60, 80, 3), np.uint8)
    points = np.array([[10, 10], [30.0, 10.0], [30, 40]])
    drawn = draw_pose(
        image, points, [True, True, False], [(0, 1), (1, 2)], ['', 'left', 'right']
    )
    assert tuple(drawn[10, 30]) == LEFT
    assert tuple(drawn[10, 10]) == MIDDLE
    # the limb between a middle and a left keypoint, up to anti-aliasing
    assert np.abs(drawn[10, 20].astype(int) - LEFT).max() < 40
    assert not drawn[25:].any()  # the hidden keypoint and its limb
    assert not image.any()
    assert RIGHT not in {tuple(pixel) for row in drawn for pixel in row}


@pytest.fixture
def files(tmp_path, rng):
    """Two images with a person each: one found exactly, one missed by far."""
    poses = rng.uniform(20, 80, (2, 17, 2))
    annotations, results = [], []
    for i, pose in enumerate(poses):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((90, 120, 3), 128, np.uint8))
        truth = np.concatenate([pose, np.full((17, 1), 2)], axis=1)
        annotations.append(
            dict(id=i, image_id=i, category_id=1, area=3600, keypoints=truth.ravel().tolist())
        )
        truth[:, :2] += 200 * i
        results.append(
            dict(image_id=i, category_id=1, score=1, keypoints=truth.ravel().tolist())
        )
    category = dict(id=1, name='person', keypoints=NAMES, skeleton=[[1, 2], [1, 3]])
    images = [dict(id=i, file_name=f'{i}.png') for i in range(2)]
    content = dict(images=images, annotations=annotations, categories=[category])
    (tmp_path / 'ann.json').write_text(json.dumps(content))
    (tmp_path / 'results.json').write_text(json.dumps(results))
    return tmp_path


def test_sheet_and_mean_oks(files):
    sheet, mean = pose_sheet(files / 'ann.json', files / 'results.json', files, columns=1)
    assert mean == pytest.approx(0.5, abs=1e-6)  # one exact, one nowhere near
    assert sheet.shape == (2 * (256 + 22), 2 * 256, 3)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        (
            'ann.json',
            '[]',
            'ann.json is not a COCO file: expected a dictionary',
        ),
        ('results.json', '{', 'results.json is not a COCO file: is not JSON'),
        ('0.png', 'x', '0.png is not a readable image'),
    ],
)
def test_command_line_names_bad_files(run_command, files, name, content, message):
    command = ['sheet', files / 'ann.json', files / 'results.json']
    command += ['--images', files, '--out', files / 'out' / 'sheet.png', '--force']
    status, out, errors = run_command(*command)
    assert status == 0, errors
    assert 'Mean OKS of all annotated people: 0.500' in out
    (files / name).write_text(content)
    status, _, errors = run_command(*command)
    assert status == 2
    assert message in errors


@pytest.fixture
def odd_files(tmp_path, rng):
    """A person of 5 keypoints in the second of three categories; one prediction is exact."""
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((90, 120, 3), 128, np.uint8))
    pose = np.column_stack([rng.uniform(20, 80, (5, 2)), np.full(5, 2)])
    person = dict(id=1, image_id=4, category_id='face', bbox=[20, 20, 60, 60])
    person['keypoints'] = pose.ravel().tolist()
    thing = dict(id=2, image_id=4, category_id='ball', bbox=[0, 0, 9, 9])
    categories = [
        dict(id='root'),
        dict(id='face', name='head', skeleton=[[1, 2], [9, 9], 'x']),
        dict(id='ball'),
    ]
    images = [dict(id=4, file_name='a.png')]
    content = dict(images=images, annotations=[thing, person], categories=categories)
    (tmp_path / 'ann.json').write_text(json.dumps(content))
    moved = pose + [6.0, 0, 0]
    results = [dict(image_id=4, category_id=1, score=1, keypoints=moved.ravel().tolist())]
    (tmp_path / 'results.json').write_text(json.dumps(results))
    return tmp_path


def sheet_of(run_command, folder, *more):
    command = ['sheet', folder / 'ann.json', folder / 'results.json', '--images', folder]
    return run_command(*command, '--out', folder / 'sheet.png', '--force', *more)


def test_any_number_of_keypoints(run_command, odd_files):
    status, out, errors = sheet_of(run_command, odd_files)
    assert status == 0, errors
    # OKS = exp(-d^2 / (2 area (2 sigma)^2)), d = 6 px, area 0.53 x 60 x 60 px^2, sigma 0.05
    oks = np.exp(-36 / (2 * 0.53 * 3600 * 0.1**2))
    assert f'Mean OKS of all annotated people: {oks:.3f}' in out
    assert 'Sigmas of OKS: 0.05 for each of 5 keypoints' in out
    assert sheet_of(run_command, odd_files, '--category', 'head')[0] == 0
    status, _, errors = sheet_of(run_command, odd_files, '--category', 'dog')
    assert (status, "no category has the id or name 'dog'" in errors) == (2, True)


def test_sigmas_of_a_metainfo_file(run_command, odd_files, tmp_path):
    keypoints = ', '.join(
        f"{i}: dict(name='{i}', id={i}, color=[0, 0, 0], type='', swap='')" for i in range(5)
    )
    file = tmp_path / 'meta.py'
    file.write_text(
        f"dataset_info = dict(dataset_name='x', keypoint_info={{{keypoints}}}, "
        'skeleton_info={}, joint_weights=[1.0] * 5, sigmas=[0.1] * 5)'
    )
    status, out, errors = sheet_of(run_command, odd_files, '--metainfo', file)
    assert status == 0, errors
    oks = np.exp(-36 / (2 * 0.53 * 3600 * 0.2**2))
    assert f'Mean OKS of all annotated people: {oks:.3f}' in out
    assert f'Sigmas of OKS: those of {file}' in out
    coco = 'configs/_base_/datasets/coco.py'
    status, _, errors = sheet_of(run_command, odd_files, '--metainfo', coco)
    assert (status, 'has 17 sigmas, expected 5' in errors) == (2, True)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(image_id=9), 'results[0] (image 9): the annotations have no such image'),
        (dict(keypoints=[1, 2, 3]), 'must be 5 times x, y, score, got 3 numbers'),
        (dict(keypoints=[None] * 15), 'keypoints must be numbers, got [None, None'),
        (dict(score='x'), "score must be a number, got 'x'"),
    ],
)
def test_bad_results_are_named(run_command, odd_files, change, message):
    path = odd_files / 'results.json'
    path.write_text(json.dumps([dict(json.loads(path.read_text())[0], **change)]))
    status, _, errors = sheet_of(run_command, odd_files)
    assert (status, message in errors, str(path) in errors) == (2, True, True), errors
