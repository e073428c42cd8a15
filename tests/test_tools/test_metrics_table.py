import json


def test_runs_stand_side_by_side(run_tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'a.json').write_text(json.dumps({'coco/AP': 0.71234, 'n': 3}))
    (tmp_path / 'b.json').write_text(json.dumps({'coco/AP': 0.5, 'coco/AR': 0.6}))
    command = ['analysis_tools/metrics_table.py', 'a.json', 'b.json']
    _, out, _ = run_tool(*command)
    rows = [line.replace('│', ' ').split() for line in out.splitlines()]
    assert ['coco/AP', '0.7123', '0.5000'] in rows
    assert ['coco/AR', '0.6000'] in rows
    assert ['n', '3'] in rows

    status, _, errors = run_tool(*command, 'c.json')
    assert status == 2
    assert 'c.json cannot be read as JSON' in errors
