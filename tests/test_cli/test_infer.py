"""mmpose-addons infer from the command line to the files it writes."""

import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

from helpers.poses import pose_config, pose_model, random_image
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_cli.main import main


@pytest.fixture(scope='module')
def pose(tmp_path_factory):
    """Config and checkpoint of a small network."""
    folder = tmp_path_factory.mktemp('pose')
    config = pose_config()
    Config(dict(config)).dump(folder / 'pose.py')
    model = pose_model(config)
    write_checkpoint(folder / 'pose.pth', model.state_dict(), {})
    return [str(folder / 'pose.py'), str(folder / 'pose.pth')]


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """A folder of two images, a video of five frames and a COCO file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'photos').mkdir()
    for name in ('a.png', 'b.jpg'):
        cv2.imwrite(str(tmp_path / 'photos' / name), random_image(rng))
    writer = cv2.VideoWriter('v.avi', cv2.VideoWriter_fourcc(*'MJPG'), 5, (160, 120))
    for _ in range(5):
        writer.write(random_image(rng))
    writer.release()
    images = [dict(id=40, file_name='x/a.png'), dict(id=50, file_name='x/b.jpg')]
    (tmp_path / 'ann.json').write_text(json.dumps(dict(images=images)))
    return tmp_path


def test_images_and_results(folder, pose, capsys):
    options = ['--save-json', '--ann', 'ann.json', '--device', 'cpu']
    assert main(['infer', 'photos', '--pose', *pose, '--out', 'out', *options]) == 0
    assert '2 poses' in capsys.readouterr().out
    assert sorted(file.name for file in (folder / 'out/visualizations').iterdir()) == [
        'a.jpg',
        'b.jpg',
    ]
    results = json.loads((folder / 'out/results.json').read_text())
    assert [result['image_id'] for result in results] == [40, 50]
    assert all(len(result['keypoints']) == 51 for result in results)
    drawn = cv2.imread('out/visualizations/a.jpg').astype(int)
    assert (abs(drawn - cv2.imread('photos/a.png')) > 60).any()  # something is drawn


def test_video_with_smooth_tracks(folder, pose):
    common = ['infer', 'v.avi', '--pose', *pose, '--save-json', '--device', 'cpu']
    assert main([*common, '--out', 'raw', '--no-visualizations', '--track', 'iou']) == 0
    assert not (folder / 'raw/visualizations').exists()
    assert main([*common, '--out', 'out', '--save-video', '--smooth', '--track', 'iou']) == 0
    assert sorted(file.name for file in (folder / 'out').iterdir()) == [
        '.infer_outputs.json',
        'results.json',
        'v.mp4',
    ]
    video = cv2.VideoCapture('out/v.mp4')
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 5
    assert video.get(cv2.CAP_PROP_FPS) == 5
    raw, smooth = (
        json.loads((folder / name / 'results.json').read_text()) for name in ('raw', 'out')
    )
    assert {result['track_id'] for result in raw + smooth} == {0}

    def travel(results):
        points = np.array([np.reshape(result['keypoints'], (-1, 3)) for result in results])
        return abs(np.diff(points[..., :2], axis=0)).sum()

    assert 0 < travel(smooth) < travel(raw)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(source='nothing'), 'nothing is missing'),
        (dict(pose=['no.py', 'no.pth']), 'no.py cannot be read as a config'),
        (dict(pose=['a', 'b', 'c']), '--pose takes'),
        (dict(pose=['no.onnx']), 'no.onnx is missing'),
        (dict(more=['--ann', 'photos/a.png']), 'is not a COCO file'),
        (dict(more=['--det', 'no.py', 'no.pth']), 'no.py cannot be read as a config'),
        (
            dict(more=['--batch-size', '0']),
            "--batch-size: must be a whole number from 1, got '0'",
        ),
    ],
)
def test_mistakes_are_named(folder, pose, run_command, change, message):
    change = dict(source='photos', pose=pose, more=[]) | change
    line = ['infer', change['source'], '--pose', *change['pose'], '--out', 'out']
    status, _, errors = run_command(*line, *change['more'], '--device', 'cpu')
    assert status == 2
    assert message in errors
    assert not (folder / 'out').exists()


def test_a_checkpoint_of_another_network(folder, pose, capsys):
    write_checkpoint(folder / 'other.pth', {'fc.weight': torch.ones(2)}, {})
    status = main(
        ['infer', 'photos', '--pose', pose[0], 'other.pth', '--out', 'o', '--device', 'cpu']
    )
    assert status == 2
    assert 'other.pth lacks' in capsys.readouterr().err


@pytest.mark.parametrize('more', [[], ['--ann', 'ann.json', '--det', 'det.py', 'det.pth']])
def test_boxes_come_from_one_place(more, capsys):
    with pytest.raises(SystemExit):
        main(['infer', 'photos', '--pose', 'a.onnx', '--out', 'out', '--ann-boxes', *more])
    assert '--ann-boxes needs --ann, and no --det' in capsys.readouterr().err


def test_save_as_writes_the_formats_of_other_tools(folder, pose, capsys):
    pd, sleap_io = pytest.importorskip('pandas'), pytest.importorskip('sleap_io')
    options = ['--save-as', 'dlc', 'slp', 'lightning-pose', 'coco', 'csv', '--device', 'cpu']
    options += ['--no-visualizations', '--track', 'iou']
    assert main(['infer', 'v.avi', 'photos', '--pose', *pose, '--out', 'out', *options]) == 0
    results = json.loads((folder / 'out/results.json').read_text())
    expected = np.reshape([result['keypoints'] for result in results], (7, -1, 3))
    names = pd.read_hdf(folder / 'out/dlc/vDLC_pose.h5')
    table = names.to_numpy().reshape(5, -1, 3)
    np.testing.assert_array_equal(table, expected[:5])
    photos = pd.read_hdf(folder / 'out/dlc/photosDLC_pose.h5')
    assert photos.index.tolist() == ['a.png', 'b.jpg']
    np.testing.assert_array_equal(photos.to_numpy().reshape(2, -1, 3), expected[5:])
    text = pd.read_csv(folder / 'out/lightning-pose/v.csv', header=[0, 1, 2], index_col=0)
    np.testing.assert_array_equal(text.to_numpy(), names.to_numpy())
    labels = sleap_io.load_slp(str(folder / 'out/predictions.slp'))
    points = [frame.predicted_instances[0].numpy() for frame in labels.labeled_frames]
    np.testing.assert_allclose(points, expected[..., :2])
    assert labels.videos[0].shape[:3] == (5, 120, 160)
    plain = pd.read_csv(folder / 'out/predictions.csv')
    assert plain['file'].tolist() == ['v.avi'] * 5 + ['photos/a.png', 'photos/b.jpg']
    np.testing.assert_allclose(plain['time'][:5], np.arange(5) / 5)


def test_a_checkpoint_at_an_address(folder, pose, run_command):
    address = 'https://example.org/a.pth'
    line = ['infer', 'photos', '--pose', pose[0], address, '--out', 'o', '--device', 'cpu']
    status, _, errors = run_command(*line)
    assert status == 2
    assert f'{address} is an address; download the file' in errors
