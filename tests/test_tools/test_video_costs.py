"""What hours of video cost, computed from times that are measured."""

import re

import pytest

pytest.importorskip('onnxruntime')

from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import write_toy_pose


def test_costs_follow_from_the_measured_times(run_tool, tmp_path):
    files = write_toy_pose(tmp_path / 'pose.onnx'), write_toy_detector(tmp_path / 'det.onnx')
    options = '--frames', 8, '--rounds', 1, '--rate', 30, '--cores', 4, '--machines', 1, 10
    status, output, _ = run_tool('video_costs.py', *files, *options)
    assert status == 0
    times = dict(re.findall(r'\| (decoding|detector|pose|all) \| ([\d.]+) \|', output))
    times = {name: float(value) for name, value in times.items()}
    total = times.pop('all')
    assert len(times) == 3
    assert total == pytest.approx(sum(times.values()), abs=0.2)
    core_hours = float(re.search(r'([\d,]+) core hours, 2.25 TB', output)[1].replace(',', ''))
    assert core_hours == pytest.approx(1000 * 30 * total / 1000, abs=0.06 * 30)
    rows = re.findall(r'\| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+)% \|', output)
    assert [row[:2] for row in rows] == [('1', '4'), ('10', '40')]
    for machines, cores, hours, read, share in rows:
        assert float(hours) == pytest.approx(core_hours / int(cores), abs=0.6)
        expected = int(machines) * 4000 / (total * 30) * 5 / 8
        assert float(read) == pytest.approx(expected, rel=0.02, abs=0.06)
        assert float(share) == pytest.approx(expected / 1.25, rel=0.02, abs=0.06)


def test_frames_that_do_not_fill_the_batches(run_tool):
    status, *_ = run_tool('video_costs.py', 'pose.onnx', 'det.onnx', '--frames', 9)
    assert status == (
        'video_costs: --rounds must be positive and --frames a multiple of 8, got 5 and 9'
    )
