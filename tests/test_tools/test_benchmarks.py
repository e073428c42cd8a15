import json
import re

import pytest
import torch

from helpers.commands import run_command
from helpers.detectors import detector_config
from mmpose_addons_toys import make_toy_people

TOY = 'configs/body_2d_keypoint/lpn/toy'


@pytest.mark.slow
def test_codecs_are_timed_against_mmposes(repo, tmp_path):
    report, log = tmp_path / 'codecs.json', tmp_path / 'log.txt'
    scenes = '--scenes', 'one person', '--codecs', 'DARK', 'soft-argmax'
    command = ['python', repo / 'tools/benchmarks/codecs.py', '--json', report, *scenes]
    status = run_command(*command, '--rounds', 2, '--threads', 1, output=log)
    assert status == 0, log.read_text()
    rows = json.loads(report.read_text())['rows']
    assert [(row['task'], row['codec']) for row in rows] == [
        ('decode', 'DARK'),
        ('encode', 'DARK'),
        ('decode', 'soft-argmax'),
    ]
    assert all(row['ours_ms'] > 0 and row['times_floor'] > 0 for row in rows)
    assert [row['mmpose_ms'] is None for row in rows] == [False, False, True]
    assert log.read_text().count('one person') == 3


@pytest.mark.slow
def test_runtimes_give_the_same_keypoints(repo, tmp_path):
    report, log = tmp_path / 'runtimes.json', tmp_path / 'log.txt'
    command = ['python', repo / 'tools/benchmarks/runtimes.py', '--json', report]
    command += ['--runtimes', 'ours', 'inference_topdown', '--people', 2]
    status = run_command(*command, '--rounds', 1, '--starts', 1, output=log)
    assert status == 0, log.read_text()
    found = json.loads(report.read_text())
    ours, theirs = found['ours'], found['inference_topdown']
    assert 'several people: coordinates within 0.05 px of ours for 34 of 34' in log.read_text()
    assert ours['peak, MB'][0] < 0.5 * theirs['peak, MB'][0]
    assert ours['import, CPU s'][0] < 0.5 * theirs['import, CPU s'][0]


@pytest.mark.slow
def test_the_start_of_infer_is_timed_both_ways(repo, tmp_path):
    pytest.importorskip('onnx')
    from helpers.toy_pose import write_toy_pose

    pose, report, log = (tmp_path / name for name in ('pose.onnx', 'start.json', 'log.txt'))
    command = ['python', repo / 'tools/benchmarks/infer_start.py', write_toy_pose(pose)]
    status = run_command(*command, '--rounds', 1, '--json', report, output=log)
    assert status == 0, log.read_text()
    times = json.loads(report.read_text())
    assert times['without PyTorch'][0][1] < 0.5 * times['with PyTorch'][0][1]


def test_a_codec_without_counterpart_is_named(repo, run_tool):
    config = repo / f'{TOY}/td-hm_lpn-50_udp-offset-1xb16-5e_toy-people-128x96.py'
    status, _, errors = run_tool('whole_test.py', config)
    assert status == 2
    assert 'UDPOffsetHeatmap has no counterpart' in errors


def test_operators_are_timed_against_compiled_ones(repo, run_tool, tmp_path):
    report = tmp_path / 'operators.json'
    arguments = '--small', '--rounds', '2', '--json', report
    status, output, errors = run_tool('operators.py', *arguments)
    if status == 2:
        assert 'this MMCV has no compiled operators to compare with' in errors
        pytest.skip('no compiled mmcv._ext is installed')
    assert status == 0
    rows = json.loads(report.read_text())
    assert [row['operator'] for row in rows].count('nms') == 4
    assert [row['operator'] for row in rows].count('roi_align backward') == 4
    assert all(row['compiled_ms'] > 0 and row['ours_ms'] > 0 for row in rows)
    assert output.count('\n') == 1 + len(rows)


@pytest.mark.slow
def test_a_training_step_is_timed_both_ways(repo, tmp_path):
    make_toy_people(tmp_path / 'data/toy_people', images=6, workers=1, scenes='calm')
    log = tmp_path / 'log.txt'
    config = repo / f'{TOY}/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py'
    command = ['python', repo / 'tools/benchmarks/train_step.py', '--config', config]
    command += ['--batch', 2, '--rounds', 1, '--threads', 1]
    assert run_command(*command, output=log, folder=tmp_path) == 0, log.read_text()
    found = re.search(r'usual (\d+), channels last (\d+), ratio [\d.]+$', log.read_text(), re.M)
    assert all(int(ms) > 0 for ms in found.groups())


@pytest.mark.slow
@pytest.mark.parametrize(
    ('names', 'batch', 'more'),
    [('CC-SSL (.*), mean teacher', 2, ()), ('plain (.*), WS-CDA', 4, ['--discriminator'])],
)
def test_steps_are_timed_with_and_without(run_tool, repo, monkeypatch, names, batch, more):
    monkeypatch.chdir(repo)
    arguments = '--batch', batch, '--rounds', 1, '--threads', torch.get_num_threads(), *more
    code, output, _ = run_tool('teacher_step.py', *arguments)
    assert not code
    found = re.search(rf'{names} (.*)\nratio (.*)$', output, re.M)
    assert all(float(number) > 0 for number in found.groups())


def test_an_exported_detector_is_timed(run_tool, tmp_path):
    pytest.importorskip('onnxruntime')
    detector_config().dump(tmp_path / 'detector.py')
    arguments = '--rounds', '1', '--size', '80', '60'
    status, out, _ = run_tool('detector_export.py', tmp_path / 'detector.py', *arguments)
    assert status == 0
    rows = re.findall(r'(MMDetection|float32|int8)\D+?([\d.]+)\D+([\d.]+)', out)
    assert [name for name, *_ in rows] == ['MMDetection', 'float32', 'int8']
    assert all(float(time) > 0 for _, time, _ in rows)


@pytest.mark.slow
def test_a_video_is_timed_with_and_without_overlap(repo, run_tool):
    pytest.importorskip('onnxruntime')
    config = repo / f'{TOY}/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py'
    arguments = '--config', config, '--frames', 2, '--rounds', 1, '--threads', 1
    status, output, errors = run_tool('infer_video.py', *arguments)
    assert status == 0, errors
    rows = [line for line in output.splitlines() if line.startswith('| ')]
    assert [row.split(' | ')[0] for row in rows[1:]] == [
        '| results only',
        '| and images of the poses',
        '| and a video of the poses',
    ]
