"""``mmpose-addons bench`` on files of both kinds."""

import csv
import json

import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

import onnxruntime

from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import write_toy_pose
from mmpose_addons_runtime import bench
from mmpose_addons_runtime.bench import Setting, measure


@pytest.fixture
def pose(tmp_path):
    return write_toy_pose(tmp_path / 'pose.onnx')


def test_a_table_of_threads_and_batches(tmp_path, pose, run_command):
    """Each row is measured in a process without the libraries of this one."""
    line = [pose, '--threads', '1', '--batches', '1', '3', '--runs', '5', '--device', 'cpu']
    status, output, errors = run_command('bench', *line, '--out', tmp_path / 'a.csv')
    assert (status, errors) == (0, '')
    assert f'CPUExecutionProvider, onnxruntime {onnxruntime.__version__}' in output
    rows = [*csv.DictReader((tmp_path / 'a.csv').read_text().splitlines())]
    assert [(row['threads'], row['batch']) for row in rows] == [('1', '1'), ('1', '3')]
    for row in rows:
        assert 0 < float(row['p50_ms']) <= float(row['p90_ms']) <= float(row['p99_ms'])
        speed = 1000 * int(row['batch']) / float(row['p50_ms'])
        assert float(row['per_second']) == pytest.approx(speed)
        assert 20 < float(row['peak_mb']) < 250  # PyTorch alone takes more


def test_percentiles_and_memory(pose, monkeypatch):
    """Runs of 1 to 100 ms by a clock that says so."""
    times = [0.0, 0.5] + [0.0] * bench.WARM_UP
    times += [moment for number in range(1, 101) for moment in (0.0, number / 1000)]
    ticks = iter(times)
    monkeypatch.setattr(bench, 'peak_memory', lambda: 3e6)
    found = measure(Setting(pose, 2, 1, 'cpu'), lambda: next(ticks))
    assert next(ticks, None) is None
    assert (found.p50_ms, found.p90_ms, found.p99_ms) == pytest.approx((50.5, 90.1, 99.01))
    assert found.per_second == pytest.approx(2 / 0.0505)
    assert (found.load_ms, found.peak_mb) == (500, 3)


def test_a_detector_sees_images_of_a_size(tmp_path, monkeypatch, run_command):
    monkeypatch.setattr(bench, 'time_setting', measure)  # in this process
    file, seen = write_toy_detector(tmp_path / 'detector.onnx'), []
    run = onnxruntime.InferenceSession.run

    def watched(self, names, given):
        seen.append(given['images'].shape)
        return run(self, names, given)

    monkeypatch.setattr(onnxruntime.InferenceSession, 'run', watched)
    line = ['--size', '64x48', '--threads', '1', '--batches', '2', '--runs', '2']
    status, _, _ = run_command('bench', file, *line, '--out', tmp_path / 'a.json')
    assert status == 0
    assert set(seen) == {(2, 48, 64, 3)}
    (row,) = json.loads((tmp_path / 'a.json').read_text())
    assert (row['batch'], row['model']) == (2, str(file))


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--batches', '0'], "must be a whole number from 1, got '0'"),
        (['--size', '12'], "must be WxH such as 1280x720, got '12'"),
        (['--out', 'a.txt'], '--out must end with .csv or .json, got a.txt'),
        (['--device', 'gpu'], "got 'gpu'"),
        (['--out', 'pose.onnx.json'], 'is read'),
        (['--batches', '9' * 12], f'batches of {"9" * 12} images of 24 x 32 px do not run'),
    ],
)
def test_mistakes(tmp_path, pose, run_command, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    if options[1] == 'pose.onnx.json':
        pose = pose.rename('pose.onnx.json')
    monkeypatch.setattr(bench, 'time_setting', measure)
    status, _, errors = run_command('bench', pose, *options)
    assert status == 2
    assert message in errors


def test_a_file_of_a_fixed_batch(tmp_path, run_command, monkeypatch):
    monkeypatch.setattr(bench, 'time_setting', measure)
    monkeypatch.setattr(bench, 'fixed_batch', lambda file: 2)
    file = write_toy_pose(tmp_path / 'pose.onnx')
    status, _, errors = run_command('bench', file, '--batches', '1', '2')
    assert status == 2
    assert 'takes batches of 2 only, got --batches 1 2; export it with --dyn' in errors
    assert run_command('bench', file, '--runs', '1', '--threads', '1')[0] == 0
