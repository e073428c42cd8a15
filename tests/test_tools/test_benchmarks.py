import json

import pytest
from commands import run_command


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


def test_a_codec_without_counterpart_is_named(repo, run_tool):
    config = repo / 'configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_udp-offset_toy-128x96.py'
    status, _, errors = run_tool('whole_test.py', config)
    assert status == 2
    assert 'UDPOffsetHeatmap has no counterpart' in errors
