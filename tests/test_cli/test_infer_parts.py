"""``mmpose-addons infer --resume`` and ``--ray``."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import cv2
import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from helpers.media import write_video
from helpers.poses import random_image
from helpers.toy_pose import write_toy_pose

OPTIONS = ['--pose', 'pose.onnx', '--device', 'cpu', '--save-as', 'coco', 'csv']


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_toy_pose(Path('pose.onnx'))
    cv2.imwrite('a.png', random_image(rng))
    write_video(Path('v.avi'), [random_image(rng) for _ in range(6)])
    return tmp_path


def outputs(out):
    names = ['results.json', 'predictions.csv', 'visualizations/a.jpg']
    names += [f'visualizations/v_{number:06}.jpg' for number in range(6)]
    return [Path(out, name).read_bytes() for name in names]


def test_a_part_is_done_once(folder, run_command):
    line = ['infer', 'a.png', 'v.avi', *OPTIONS]
    assert run_command(*line, '--out', 'plain')[0] == 0
    assert run_command(*line, '--out', 'parts', '--resume')[0] == 0
    assert outputs('parts') == outputs('plain')
    before = os.stat('parts/visualizations/a.jpg').st_mtime_ns
    status, output, errors = run_command(*line, '--out', 'parts', '--resume')
    assert status == 0
    assert '2 of 2 parts of the run are done already' in errors
    assert '7 poses in 7 frames; written to parts' in output
    assert os.stat('parts/visualizations/a.jpg').st_mtime_ns == before
    assert outputs('parts') == outputs('plain')


def test_a_run_that_stopped_goes_on(folder, run_command):
    line = ['infer', 'a.png', 'v.avi', *OPTIONS, '--out', 'out', '--on-error', 'stop']
    whole = Path('v.avi').read_bytes()
    Path('v.avi').write_bytes(whole[:100])
    status, _, errors = run_command(*line, '--resume')
    assert status == 1
    assert errors.splitlines()[-1].startswith('infer: stopped after 1')
    assert 'results are written when all parts are done; the same command goes on' in errors
    assert not Path('out/predictions.csv').exists()
    Path('v.avi').write_bytes(whole)
    status, output, errors = run_command(*line, '--resume')
    assert (status, output.splitlines()[-1]) == (0, '7 poses in 7 frames; written to out')
    assert '1 of 2 parts of the run are done already' in errors
    assert [one['image_id'] for one in json.loads(Path('out/results.json').read_text())] == [
        *range(7)
    ]


def test_another_network_or_option_begins_anew(folder, run_command):
    line = ['infer', 'a.png', 'v.avi', *OPTIONS, '--out', 'out', '--resume']
    assert run_command(*line)[0] == 0
    for change in (['--padding', '1.5'], ['--pose-threshold', '0.1']):
        errors = run_command(*line, *change)[2]
        assert 'are done already' not in errors
        assert '2 parts of earlier runs with other files or options were removed' in errors


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--workers', '2'], '--workers needs --ray'),
        (['--ray', '--workers', '0'], "--workers: must be a whole number from 1, got '0'"),
        (['--ray'], '--ray needs Ray: pip install "ray[data]"'),
    ],
)
def test_options_that_do_not_fit(folder, run_command, monkeypatch, options, message):
    monkeypatch.setitem(sys.modules, 'ray', None)
    status, _, errors = run_command('infer', 'a.png', *OPTIONS, '--out', 'out', *options)
    assert status == 2
    assert message in errors.splitlines()[-1]


def test_streams_have_no_parts(folder, run_command):
    line = ['infer', 'rtsp://camera.example/1', *OPTIONS, '--out', 'out', '--resume']
    status, _, errors = run_command(*line)
    assert status == 2
    assert errors.splitlines()[-1] == (
        'infer: --resume and --ray need files, got the stream rtsp://camera.example/1'
    )


@pytest.fixture
def cluster(tmp_path_factory, monkeypatch):
    """Address of a Ray cluster of this machine that asks for a token."""
    pytest.importorskip('ray')
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    monkeypatch.setenv('RAY_AUTH_MODE', 'token')
    monkeypatch.setenv('RAY_AUTH_TOKEN', uuid4().hex)
    command = [sys.executable, '-m', 'ray.scripts.scripts', 'start', '--head', '--block']
    command += [f'--port={port}', '--num-cpus=2', '--include-dashboard=false']
    command += ['--disable-usage-stats', f'--temp-dir={tmp_path_factory.mktemp("ray")}']
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with subprocess.Popen(command, **quiet) as head:
        yield f'127.0.0.1:{port}'
        head.terminate()


@pytest.mark.slow
def test_two_workers_of_a_cluster_that_exists(folder, run_command, cluster):
    line = ['infer', 'a.png', 'v.avi', *OPTIONS]
    assert run_command(*line, '--out', 'plain')[0] == 0
    command = [sys.executable, '-m', 'mmpose_addons_cli', *line, '--out', 'ray']
    command += ['--ray', cluster, '--workers', '2']
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == '7 poses in 7 frames; written to ray'
    assert outputs('ray') == outputs('plain')
