import json
import subprocess
import sys

import pytest

CONFIG = 'configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_{}_toy-128x96.py'


def run(repo, tool, *arguments):
    command = [sys.executable, repo / 'tools/benchmarks' / tool, *arguments]
    return subprocess.run(command, cwd=repo, capture_output=True, text=True)


@pytest.mark.slow
def test_codecs_are_timed_against_mmposes(repo, tmp_path):
    report = tmp_path / 'codecs.json'
    scenes = '--scenes', 'one person', '--codecs', 'DARK', 'soft-argmax'
    done = run(repo, 'codecs.py', '--rounds', '2', '--threads', '1', '--json', report, *scenes)
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


@pytest.mark.slow
def test_a_codec_without_counterpart_is_named(repo):
    done = run(repo, 'whole_test.py', CONFIG.format('udp-offset'))
    assert done.returncode == 2
    assert 'UDPOffsetHeatmap has no counterpart' in done.stderr
    assert 'Traceback' not in done.stderr
