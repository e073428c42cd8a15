import json
import subprocess
import sys


def test_runs_stand_side_by_side(repo, tmp_path):
    (tmp_path / 'a.json').write_text(json.dumps({'coco/AP': 0.71234, 'n': 3}))
    (tmp_path / 'b.json').write_text(json.dumps({'coco/AP': 0.5, 'coco/AR': 0.6}))
    tool = repo / 'tools/analysis_tools/metrics_table.py'
    run = [sys.executable, tool, 'a.json', 'b.json']
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    rows = [line.replace('│', ' ').split() for line in done.stdout.splitlines()]
    assert ['coco/AP', '0.7123', '0.5000'] in rows
    assert ['coco/AR', '0.6000'] in rows
    assert ['n', '3'] in rows

    missing = subprocess.run([*run, 'c.json'], cwd=tmp_path, capture_output=True, text=True)
    assert missing.returncode == 2
    assert 'c.json cannot be read as JSON' in missing.stderr
