import json

import cv2
import numpy as np
import pytest

from mmpose_addons.visualization import draw_pose, pose_sheet
from mmpose_addons.visualization.pose_sheet import LEFT, MIDDLE, RIGHT

NAMES = ['nose', *(f'{side}_{i}' for i in range(8) for side in ('left', 'right'))]


def test_pose_is_drawn_where_it_is_and_by_side():
    image = np.zeros((60, 80, 3), np.uint8)
    points = np.array([[10, 10], [30.0, 10.0], [30, 40]])
    drawn = draw_pose(
        image, points, [True, True, False], ['nose', 'left_eye', 'right_eye'], [(0, 1), (1, 2)]
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
        ('0.png', 'x', '0.png is missing or not an image'),
    ],
)
def test_command_line_names_bad_files(run_command, files, name, content, message):
    command = ['sheet', files / 'ann.json', files / 'results.json']
    command += ['--images', files, '--out', files / 'out' / 'sheet.png']
    status, out, errors = run_command(*command)
    assert status == 0, errors
    assert 'Mean OKS of all annotated people: 0.500' in out
    (files / name).write_text(content)
    status, _, errors = run_command(*command)
    assert status == 2
    assert message in errors
