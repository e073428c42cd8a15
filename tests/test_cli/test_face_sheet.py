import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmpose.registry import MODELS

from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_toys import make_toy_faces

TOY = 'configs/face_2d_keypoint/wing/toy'
CONFIG = f'{TOY}/td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py'


@pytest.fixture
def line(repo, tmp_path):
    """The command's arguments for a network without training and five toy faces."""
    make_toy_faces(tmp_path / 'faces', images=6, workers=1, val_fraction=5 / 6)
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(repo / CONFIG).model)
    write_checkpoint(tmp_path / 'face.pth', model.state_dict(), {})
    options = ['--cfg-options', f'test_dataloader.dataset.data_root={tmp_path / "faces"}']
    arguments = [repo / CONFIG, tmp_path / 'face.pth', '--device', 'cpu', '--cell', '100']
    return ['face-sheet', *arguments, '--columns', '2', *options]


def cells(file):
    """The images of a sheet with two columns, each with its caption."""
    drawn = cv2.imread(str(file))
    height, width = 122, 100
    assert drawn.shape[1:] == (2 * width, 3)
    rows = [drawn[top : top + height] for top in range(0, len(drawn), height)]
    return [row[:, left : left + width] for row in rows for left in (0, width)]


def test_best_and_worst_faces(run_command, line, tmp_path):
    for select, count in dict(even=5, best=2, worst=2).items():
        out = tmp_path / f'{select}.png'
        options = ['--out', out, '--select', select, '--count', count]
        status, _, errors = run_command(*line[:1], *options, *line[1:])
        assert status == 0, errors
    every = cells(tmp_path / 'even.png')
    assert len(every) == 6
    best, worst = cells(tmp_path / 'best.png'), cells(tmp_path / 'worst.png')
    places = [
        next(i for i, cell in enumerate(every) if np.array_equal(cell, face))
        for face in (*best, *worst)
    ]
    assert len(set(places)) == 4


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--device', 'gpu'], 'device must be one of PyTorch, such as cpu or cuda:1'),
        (['--device', 'cuda:99'], 'device cuda:99 cannot be used: '),
        (['--cfg-options', 'model'], "must be KEY=VALUE, got 'model': there is no ="),
        (['--cfg-options', 'model.a=[1,'], "must be KEY=VALUE, got 'model.a=[1,': "),
        (['--out', 'sheet.doc'], 'sheet.doc: expected a suffix such as .png or .jpg'),
    ],
)
def test_mistakes_end_it_with_one_line(run_command, line, tmp_path, arguments, message):
    status, _, errors = run_command(*line, '--out', tmp_path / 'sheet.png', *arguments)
    assert status == 2
    assert message in errors
    assert not [*tmp_path.glob('sheet*')]


def test_moved_crops_of_a_face_are_one_face(run_command, line, tmp_path):
    """The data set of a test that measures jitter gives each face several times."""
    config = Config.fromfile(line[1])
    faces = dict(config.test_dataloader.dataset, data_root=str(tmp_path / 'faces'))
    config.test_dataloader.dataset = dict(type='MovedCropsDataset', crops=4, dataset=faces)
    config.dump(tmp_path / 'moved.py')
    options = ['--select', 'worst', '--count', '5']
    plain, moved = tmp_path / 'plain.png', tmp_path / 'moved.png'
    for arguments, out in ((line[1:], plain), ([tmp_path / 'moved.py', *line[2:-2]], moved)):
        status, _, errors = run_command('face-sheet', '--out', out, *options, *arguments)
        assert status == 0, errors
    np.testing.assert_array_equal(cv2.imread(str(moved)), cv2.imread(str(plain)))


def test_nothing_to_draw(run_command, line, tmp_path):
    file = tmp_path / 'faces/annotations/faces_val.json'
    content = json.loads(file.read_text())
    for annotation in content['annotations']:
        annotation['keypoints'][2::3] = [0] * 98
    file.write_text(json.dumps(content))
    out = tmp_path / 'none.png'
    status, _, errors = run_command(*line[:1], '--out', out, '--select', 'best', *line[1:])
    assert status == 2
    assert '--select best needs faces with an error, got none of 5' in errors
    assert not out.exists()
    status, _, errors = run_command(*line[:1], '--out', out, '--count', '0', *line[1:])
    assert status == 2
    assert "--count: must be a whole number from 1, got '0'" in errors


def test_no_image_is_replaced(run_command, line, tmp_path):
    image = min((tmp_path / 'faces').rglob('*val*/*.*g'))
    before = image.read_bytes()
    status, _, errors = run_command(*line[:1], '--out', image, '--force', *line[1:])
    assert (status, f'{image} is read by this command' in errors) == (2, True), errors
    assert image.read_bytes() == before
