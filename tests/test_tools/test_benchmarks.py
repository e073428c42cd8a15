import json
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_codecs_are_timed_against_mmposes(repo, tmp_path):
    report = tmp_path / 'codecs.json'
    scenes = '--scenes', 'one person', '--codecs', 'DARK', 'soft-argmax'
    command = [sys.executable, repo / 'tools/benchmarks/codecs.py', '--json', report, *scenes]
    command += ['--rounds', '2', '--threads', '1']
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = json.loads(report.read_text())['rows']
    assert [(row['task'], row['codec']) for row in rows] == [
        ('decode', 'DARK'),
        ('encode', 'DARK'),
        ('decode', 'soft-argmax'),
    ]
    assert all(row['ours_ms'] > 0 and row['times_floor'] > 0 for row in rows)
    assert [row['mmpose_ms'] is None for row in rows] == [False, False, True]
    assert done.stdout.count('one person') == 3


def test_a_codec_without_counterpart_is_named(repo, run_tool):
    config = repo / 'configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_udp-offset_toy-128x96.py'
    status, _, errors = run_tool('whole_test.py', config)
    assert status == 2
    assert 'UDPOffsetHeatmap has no counterpart' in errors
