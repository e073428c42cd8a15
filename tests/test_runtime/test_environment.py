"""``pip install mmpose_addons[runtime]`` into an empty environment, and what runs there."""

import json
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from helpers.media import write_video
from helpers.poses import random_image
from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import write_toy_pose

RUN = dict(capture_output=True, text=True)
PIP = [sys.executable, '-m', 'pip']
LARGEST = 400e6  # bytes


def checked(command):
    """Output of a command that does not see this checkout."""
    env = {name: value for name, value in os.environ.items() if name != 'PYTHONPATH'}
    done = subprocess.run([*map(str, command)], **RUN, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope='module')
def environment(repo, tmp_path_factory):
    """Python of an environment that has nothing but this package and its extra."""
    folder = tmp_path_factory.mktemp('environment')
    tried = subprocess.run([*PIP, 'download', '--no-deps', '-d', folder, 'mdurl'], **RUN)
    if tried.returncode:
        pytest.skip('no package index can be reached')
    checked([*PIP, 'wheel', '--no-deps', '--no-build-isolation', '-w', folder, repo])
    (wheel,) = folder.glob('mmpose_addons*.whl')
    checked([sys.executable, '-m', 'venv', '--without-pip', folder / 'venv'])
    python = folder / 'venv/bin/python'
    options = ['--python', python, 'install', '--no-compile']
    checked([*PIP, *options, f'{wheel}[runtime]'])
    return python


@pytest.mark.slow
def test_a_picture_and_a_video_run_in_less_than_400_mb(
    environment, tmp_path, rng, run_command, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_toy_pose(tmp_path / 'pose.onnx')
    write_toy_detector(tmp_path / 'detector.onnx')
    cv2.imwrite('a.png', random_image(rng) // 2 + 120)
    write_video(tmp_path / 'v.avi', [random_image(rng) // 2 + 120 for _ in range(6)])
    line = ['infer', 'a.png', 'v.avi', '--pose', 'pose.onnx', '--det', 'detector.onnx']
    line += ['--category', 'person', '--smooth', '--save-json', '--device', 'cpu']
    command = environment.with_name('mmpose-addons')
    output = checked([command, *line, '--save-video', '--out', 'there'])
    assert '7 poses in 7 frames' in output
    assert cv2.VideoCapture('there/v.mp4').get(cv2.CAP_PROP_FRAME_COUNT) == 6
    assert run_command(*line, '--out', 'here')[0] == 0
    there, here = (
        json.loads((tmp_path / name / 'results.json').read_text()) for name in ('there', 'here')
    )
    for one, other in zip(there, here, strict=True):
        np.testing.assert_allclose(one['keypoints'], other['keypoints'], atol=0.05)
        assert one['track_id'] == other['track_id']
    names = 'import importlib.metadata as m; print(*(d.name for d in m.distributions()))'
    assert not {'torch', 'mmpose', 'mmengine', 'mmcv', 'scipy', 'matplotlib'} & set(
        checked([environment, '-c', names]).split()
    )
    files = environment.parents[1].rglob('*')
    size = sum(file.lstat().st_size for file in files if not file.is_dir())
    assert 200e6 < size < LARGEST
