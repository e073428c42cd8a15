"""``mmpose-addons infer`` with ONNX files alone: without PyTorch, and the same results."""

import subprocess
import sys
from dataclasses import replace

import cv2
import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from helpers.media import write_video
from helpers.poses import random_image
from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import KEYPOINTS, write_toy_pose
from mmpose_addons.apis import PosePipeline
from mmpose_addons_cli import infer_networks
from mmpose_addons_runtime.onnx_detector import OnnxDetector

HEAVY = (
    *('torch', 'mmpose', 'mmengine', 'mmdet', 'mmcv', 'mmpose_addons', 'matplotlib'),
    *('scipy', 'xtcocotools', 'pycocotools', 'pandas', 'yaml', 'onnx'),
)
WITHOUT = f"""
import sys
sys.modules.update(dict.fromkeys({HEAVY!r}))
from mmpose_addons_cli.main import main
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """Two files, a picture and a video in which brightness moves."""
    monkeypatch.chdir(tmp_path)
    write_toy_pose(tmp_path / 'pose.onnx')
    write_toy_detector(tmp_path / 'detector.onnx')
    cv2.imwrite('a.png', random_image(rng) // 2 + 120)
    write_video(tmp_path / 'v.avi', [random_image(rng) // 2 + 120 for _ in range(6)])
    return tmp_path


@pytest.fixture
def with_pytorch(monkeypatch):
    """The same command by the pipeline of ``mmpose_addons``."""

    def load(args):
        pipeline = PosePipeline(args.pose[0], device='cpu')
        pipeline.detector = OnnxDetector(args.det[0], category='person')
        return pipeline

    monkeypatch.setattr(infer_networks, '_onnx_pipeline', load)


def test_without_pytorch_the_same_files_come_out(folder, run_command, repo, request):
    line = ['infer', 'a.png', 'v.avi', '--pose', 'pose.onnx', '--det', 'detector.onnx']
    line += ['--category', 'person', '--save-as', 'coco', 'csv', '--smooth', '--device', 'cpu']
    done = subprocess.run(
        [sys.executable, '-c', WITHOUT, *line, '--out', 'alone'],
        env={'PYTHONPATH': str(repo / 'projects'), 'OMP_NUM_THREADS': '1'},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert 'infer: computing on cpu (CPUExecutionProvider, onnxruntime' in done.stderr
    assert '7 poses in 7 frames; written to alone' in done.stdout
    request.getfixturevalue('with_pytorch')
    status, _, errors = run_command(*line, '--out', 'heavy')
    assert (status, errors) == (0, '')
    for name in ('results.json', 'predictions.csv', 'visualizations/v_000005.jpg'):
        assert (folder / 'alone' / name).read_bytes() == (folder / 'heavy' / name).read_bytes()


def test_videos_are_written(folder, run_command):
    line = ['v.avi', '--pose', 'pose.onnx', '--out', 'out', '--save-video', '--threads', '1']
    status, output, errors = run_command('infer', *line, '--device', 'cpu')
    assert status == 0
    assert errors.startswith('infer: computing on cpu (')
    assert '6 poses in 6 frames' in output
    assert cv2.VideoCapture('out/v.mp4').get(cv2.CAP_PROP_FRAME_COUNT) == 6


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--pose', 'pose.py'], '--pose takes a config and a checkpoint, or one .onnx file'),
        (['--pose', 'a.onnx', '--det', 'd.pth'], '--det takes a config and a checkpoint, or'),
        (['--pose', 'a.onnx', '--flip-test'], '--flip-test is an option of "mmpose-addons exp'),
        (['--pose', 'a.py', 'a.pth', '--threads', '1'], '--threads is for ONNX files alone'),
        (['--pose', 'detector.onnx'], "kind 'pose', got one of kind 'detector'"),
        (['--pose', 'pose.onnx', '--det', 'pose.onnx'], "kind 'detector', got one of"),
        (['--pose', 'pose.onnx', '--device', 'gpu'], "openvino:GPU, got 'gpu'"),
        (
            ['--pose', 'pose.onnx', '--device', 'tensorrt'],
            'needs TensorrtExecutionProvider',
        ),
        (
            ['--pose', 'pose.onnx', '--threads', '0'],
            "--threads: must be a whole number from 1, got '0'",
        ),
        (
            ['--pose', 'pose.onnx', '--threads', '1025'],
            'threads must be from 1 to 1024, got 1025',
        ),
        (
            ['--pose', 'pose.onnx', '--padding', 'nan'],
            'padding must be a finite number, got nan',
        ),
        (['--pose', 'pose.onnx', '--padding', '-1'], 'padding must be positive, got -1.0'),
        (
            ['--pose', 'pose.onnx', '--pose-threshold', 'nan'],
            'must be a finite number, got nan',
        ),
        (
            ['--pose', 'pose.onnx', '--det', 'detector.onnx', '--box-threshold', '30'],
            'box_threshold must be a number from 0 to 1, got 30.0',
        ),
        (
            ['--pose', 'pose.onnx', '--det', 'detector.onnx', '--category', '\u00b2'],
            "must be among ['cat', 'person'], got '\u00b2'",
        ),
        (['--pose', 'pose.onnx', '--category', '1'], '--category needs --det'),
        (['--pose', 'pose.onnx', '--box-threshold', '1'], '--box-threshold needs --det'),
        (
            ['--pose', 'pose.onnx', '--batch-size', '0'],
            "--batch-size: must be a whole number from 1, got '0'",
        ),
    ],
)
def test_mistakes_are_named(folder, run_command, options, message):
    status, _, errors = run_command('infer', 'a.png', '--out', 'out', *options)
    assert status == 2
    assert message in errors
    assert errors.count('infer: ') == 1 or 'usage: ' in errors
    assert not (folder / 'out').exists()


def test_a_name_that_the_shell_left_empty(folder, run_command):
    status, _, errors = run_command('infer', '', '--pose', 'pose.onnx', '--out', 'out')
    assert (status, errors) == (2, 'infer: an input has an empty name\n')


def test_a_network_without_sigmas_has_no_tracks_by_oks(folder, run_command):
    without = replace(KEYPOINTS, sigmas=())
    write_toy_pose(folder / 'pose.onnx', keypoints=without)
    line = 'infer', 'v.avi', '--pose', 'pose.onnx', '--out', 'out', '--device', 'cpu'
    for options in (['--smooth'], ['--track', 'oks', '--resume']):
        status, _, errors = run_command(*line, *options)
        assert status == 2
        assert 'infer: tracks by OKS need a sigma for each keypoint, got' in errors
    assert not (folder / 'out').exists()
    assert run_command(*line, '--smooth', '--track', 'iou')[0] == 0


def test_a_threshold_of_drawing_that_is_no_number(folder, run_command):
    line = 'infer', 'v.avi', '--pose', 'pose.onnx', '--out', 'out', '--device', 'cpu'
    status, _, errors = run_command(*line, '--keypoint-threshold', 'nan')
    assert status == 2
    assert 'infer: keypoint_threshold must be a finite number, got nan' in errors
    assert not (folder / 'out').exists()
